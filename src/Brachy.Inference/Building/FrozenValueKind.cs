namespace Brachy.Inference;

/// <summary>What a value of a model that is built is.</summary>
internal enum FrozenValueKind
{
    /// <summary>A plain number.</summary>
    Number,

    /// <summary>An input.</summary>
    Input,

    /// <summary>A weight.</summary>
    Weight,

    /// <summary>A result of an operation.</summary>
    Result,
}
