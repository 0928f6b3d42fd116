namespace Brachy.IO;

/// <summary>How a model is written as ONNX.</summary>
public sealed record OnnxOptions
{
    /// <summary>The oldest version of the operators that is written: 20.</summary>
    public const int OldestOpset = 20;

    /// <summary>The newest version of the operators that is written: 23.</summary>
    public const int NewestOpset = 23;

    /// <summary>The version of ONNX's operators; 20 by default, which all that is written needs.</summary>
    public int Opset { get; init; } = OldestOpset;

    /// <summary>
    /// Names of the inputs, one for each tensor in the order of the arguments. By default they are the names that the call gives: the
    /// parameters of a lambda, or variables that are passed; otherwise <c>input</c>, and <c>input_2</c> and so on for more.
    /// </summary>
    public IReadOnlyList<string>? InputNames { get; init; }

    /// <summary>
    /// Names of the outputs, in the order of the result's tensors; by default <c>output</c>, or <c>output1</c> and so on.
    /// </summary>
    public IReadOnlyList<string>? OutputNames { get; init; }

    /// <summary>
    /// Which sizes of inputs may be any, by names, as <c>[new(0, "batch")]</c>; none by default, so that the file is for the sizes of the
    /// examples. Positions are those of the inputs, without the model. Equal names are equal sizes.
    /// </summary>
    /// <remarks>
    /// The function is traced for several sizes of 2 and more near the examples, and the file holds formulas of what differs. It is also
    /// looked at for sizes of 0 and 1 and some others: those for which it is another program, or fails, the file refuses when it runs.
    /// </remarks>
    public IReadOnlyList<VaryingDims> Varying { get; init; } = [];

    /// <summary>
    /// Whether weights are constants for the compiler's passes, so that what depends on them alone is computed now, and batch norms become
    /// part of the convolutions before them. False by default: then all weights are in the file under their paths.
    /// </summary>
    public bool FoldWeights { get; init; }

    /// <summary>
    /// More bytes of tensors than this lie in a file of their own beside the model, of its name with <c>.data</c> behind it; 1 GiB by
    /// default. Models for streams hold all of them.
    /// </summary>
    public long ExternalDataThreshold { get; init; } = 1L << 30;

    internal void RequireValid()
    {
        if (Opset is < OldestOpset or > NewestOpset)
        {
            throw new ArgumentOutOfRangeException(
                nameof(Opset), Opset, $"Versions {OldestOpset} to {NewestOpset} of ONNX's operators can be written.");
        }

        ArgumentNullException.ThrowIfNull(Varying);
        ArgumentOutOfRangeException.ThrowIfNegative(ExternalDataThreshold);
    }
}
