using Brachy;

namespace LanguageModel.Tests;

/// <summary>A small training.</summary>
internal static class TestRuns
{
    public static readonly RunSettings Settings = new(
        new ModelSettings(NumLayers: 2, EmbedDim: 16, NumHeads: 2, MaxInputLength: 12, VocabSize: 0),
        new DataSettings(TokenizerKind.Byte, 300, Pack: true, ShuffleBuffer: 20, HeldOutEvery: 10),
        new TrainSettings(
            BatchSize: 4, NumWorkers: 1, LogFreqSeconds: 1, MaxTokens: 40 * 48, EvalFreqSteps: 10, EvalBatches: 2, Precision.Fp32, 1024,
            Seed: 3, new OptimizerSettings(
                OptimizerName.AdamW, 1e-2, 0.01, (0.9, 0.99), ScheduleName.CosineAnnealing, WarmupTokens: 4 * 48, Clip: 1, ClipType.Norm)));

    /// <summary>Text that can be learned.</summary>
    public static string Text { get; } = string.Concat(
        Enumerable.Range(0, 4000).Select(i => $"{i % 10} is {(i % 2 == 0 ? "even" : "odd")}; "));

    public static RunSettings With(Precision precision) => Settings with { Train = Settings.Train with { MixedPrecision = precision } };

    public static double[] Losses(LanguageTraining training, TextBatches batches, int steps) =>
        [.. batches.From(training.Epoch, training.NextBatch).Take(steps).Select(batch => training.Learn(batch).Loss)];
}
