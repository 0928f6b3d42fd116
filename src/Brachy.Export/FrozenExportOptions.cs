namespace Brachy.IO;

/// <summary>How a model is frozen.</summary>
public sealed record FrozenExportOptions
{
    /// <summary>
    /// Which sizes of inputs may be any, by names, as <c>[new(0, "batch")]</c>; none by default, so that the model is for the sizes of the
    /// examples. Positions are those of the inputs, without the model. Equal names are equal sizes.
    /// </summary>
    /// <remarks>
    /// The function is traced for several sizes of 2 and more near the examples, and the file holds formulas of what differs. It is also
    /// looked at for sizes of 0 and 1 and some others: those for which it is another program, or fails, are refused when the model runs.
    /// </remarks>
    public IReadOnlyList<VaryingDims> Varying { get; init; } = [];

    /// <summary>
    /// Names of the inputs, one for each tensor. By default they are the names that the call gives: the parameters of a lambda, or
    /// variables that are passed; otherwise <c>input</c>, and <c>input_2</c> and so on for more.
    /// </summary>
    public IReadOnlyList<string>? InputNames { get; init; }

    /// <summary>Which linear layers have weights of 8 bits; null, the default, for none.</summary>
    public DynamicQuantization? Quantization { get; init; }
}
