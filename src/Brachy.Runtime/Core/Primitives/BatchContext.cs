namespace Brachy.Extending;

/// <summary>What holds for a batch while a function is replayed for it.</summary>
/// <param name="Size">The number of samples.</param>
/// <param name="Randomness">What is drawn where the key is the same for all samples.</param>
internal sealed record BatchContext(long Size, Randomness Randomness)
{
    /// <summary>The axis whose samples these are, for ops that combine them; null for one without a name.</summary>
    public NamedAxis? Axis { get; init; }

    /// <summary>The number of the first sample, if the batch is a part of a larger one: an int64 scalar.</summary>
    public Tensor? First { get; init; }

    /// <summary>The number of samples of the larger batch that this is a part of.</summary>
    public long? Whole { get; init; }

    /// <summary>Is told of each use of a primitive that runs sample by sample.</summary>
    public Action<Primitive>? FellBack { get; init; }
}
