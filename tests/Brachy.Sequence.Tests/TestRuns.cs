namespace Sequence.Tests;

/// <summary>A small training, of ragged series with periods of 4 and 12.</summary>
internal static class TestRuns
{
    public static readonly RunSettings Settings = new(
        new ModelSettings(Cell.Lstm, NumLayers: 1, HiddenSize: 8, Dropout: 0),
        new DataSettings(Series: 20, MinLength: 60, MaxLength: 110, Periods: [4, 12], Horizon: 12),
        new TrainSettings(BatchSize: 8, Epochs: 3, EvalEvery: 2, Paths: 9, Seed: 3, Lr: 1e-2, WeightDecay: 1e-3, Clip: 1));

    public static List<Series> Series(RunSettings settings) => SyntheticSeries.Make(settings.Data, settings.Train.Seed);

    public static SequenceTraining Training(RunSettings settings) => new(settings, Series(settings));
}
