namespace Brachy.Inference;

/// <summary>How a frozen model is run.</summary>
public sealed record FrozenOptions
{
    /// <summary>The most threads that work on one call, with the caller; by default one for each processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// The most bytes that inputs, results and values on the way may take in a session; 2 GB by default. A file that asks for more is
    /// refused.
    /// </summary>
    public long MaxSessionBytes { get; init; } = 1L << 31;

    internal FrozenOptions Valid()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Threads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxSessionBytes);
        return this;
    }
}
