namespace Brachy.NN;

/// <summary>What the constructors of attention layers check.</summary>
internal static class AttentionHeads
{
    public static void Require(
        long embedDim, long numHeads, double dropout, string nameOfSize = "embedDim", string nameOfHeads = "numHeads")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embedDim, nameOfSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numHeads, nameOfHeads);
        if (embedDim % numHeads != 0)
        {
            throw new ArgumentException($"{nameOfSize} {embedDim} must be a multiple of {nameOfHeads} {numHeads}.", nameOfHeads);
        }

        if (!(dropout >= 0 && dropout <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, "A probability lies between 0 and 1.");
        }
    }

    /// <summary>The length of a query, a key and a value together.</summary>
    public static long Times3(long embedDim) => embedDim <= long.MaxValue / 3
        ? 3 * embedDim
        : throw new ArgumentOutOfRangeException(nameof(embedDim), embedDim, "No memory holds that many numbers.");
}
