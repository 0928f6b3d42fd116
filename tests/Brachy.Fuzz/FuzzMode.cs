namespace Brachy.Fuzz;

/// <summary>What is done with a call that was accepted eagerly.</summary>
public enum FuzzMode
{
    /// <summary>Nothing more.</summary>
    Eager,

    /// <summary>It is compiled, and must give the same.</summary>
    Compiled,

    /// <summary>It is differentiated eagerly.</summary>
    Differentiated,

    /// <summary>Its gradient is compiled.</summary>
    CompiledGradient,
}
