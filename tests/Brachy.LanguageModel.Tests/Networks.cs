using Brachy;

namespace LanguageModel.Tests;

/// <summary>Small networks and random batches for tests.</summary>
internal static class Networks
{
    public static readonly ModelSettings Small = new(NumLayers: 2, EmbedDim: 24, NumHeads: 3, MaxInputLength: 16, VocabSize: 29);

    /// <summary>Random rows; the last tokens of the last row are padding.</summary>
    public static Tensor Rows(int seed, int batch = 4)
    {
        var random = new Random(seed);
        var rows = new long[batch * (Small.MaxInputLength + 1)];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = i < rows.Length - 5 ? random.Next(Small.VocabSize) : TrainingSteps.Padding;
        }

        return Tensor.FromArray(rows, [batch, Small.MaxInputLength + 1]);
    }
}
