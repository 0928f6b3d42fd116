namespace Brachy.IO;

/// <summary>How a program of TorchScript is written.</summary>
public sealed record TorchScriptOptions
{
    /// <summary>
    /// Which sizes of inputs may be any, by names, as <c>[new(0, "batch")]</c>; none by default, so that the program is for the sizes of
    /// the examples. Positions are those of the inputs, without the model. Equal names are equal sizes.
    /// </summary>
    /// <remarks>
    /// The function is traced for several sizes of 2 and more near the examples, and the program holds formulas of what differs. It is also
    /// looked at for sizes of 0 and 1 and some others: those for which it is another program, or fails, the program refuses when it runs.
    /// </remarks>
    public IReadOnlyList<VaryingDims> Varying { get; init; } = [];

    /// <summary>
    /// Names of the arguments, one for each tensor, as code in Python may give them. By default they are the names that the call gives: the
    /// parameters of a lambda, or variables that are passed; otherwise <c>input</c>, and <c>input_2</c> and so on for more.
    /// </summary>
    public IReadOnlyList<string>? InputNames { get; init; }
}
