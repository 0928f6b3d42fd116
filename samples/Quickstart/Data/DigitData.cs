namespace Quickstart.Data;

/// <summary>A training set and a test set, from a folder of MNIST files or rendered.</summary>
internal sealed record DigitData(DigitSet Train, DigitSet Test)
{
    public const int DefaultTrainCount = 10_000;
    public const int DefaultTestCount = 2_000;

    /// <param name="folder">A folder of MNIST files; null renders digits instead.</param>
    /// <param name="trainCount">With a folder: the most images to use, null for all of them.</param>
    /// <param name="testCount">As <paramref name="trainCount"/>, for the test set.</param>
    /// <param name="seed">Chooses the rendered digits; a folder does not depend on it.</param>
    public static DigitData Load(string? folder, int? trainCount, int? testCount, int seed)
    {
        if (folder is not null)
        {
            return MnistFolder.Read(folder, trainCount ?? int.MaxValue, testCount ?? int.MaxValue);
        }

        return new(
            SyntheticDigits.Render(trainCount ?? DefaultTrainCount, seed, DigitSplit.Train),
            SyntheticDigits.Render(testCount ?? DefaultTestCount, seed, DigitSplit.Test));
    }
}
