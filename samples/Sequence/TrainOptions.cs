namespace Sequence;

/// <summary>What the command line of a training says. What is null is as the configuration has it.</summary>
internal sealed record TrainOptions(
    string? Config, string? Data, Cell? Cell, int? Layers, int? Hidden, int? Epochs, int? Batch, double? Lr, int? Series, int? Horizon,
    int? Seed, string? Checkpoint, int? CheckpointEvery, string? Resume, int? StopAfter, string? TensorBoard, string Plot)
{
    /// <summary>Whether the command line changes what a checkpoint has.</summary>
    public bool ChangesSettings =>
        Config is not null || Cell is not null || Lr is not null
        || (Layers ?? Hidden ?? Epochs ?? Batch ?? Series ?? Horizon ?? Seed) is not null;

    /// <summary>The settings of a configuration with those of the command line in their place.</summary>
    public RunSettings Over(RunSettings settings)
    {
        var (model, data, train) = settings;
        return new RunSettings(
            model with
            {
                Cell = Cell ?? model.Cell,
                NumLayers = Layers ?? model.NumLayers,
                HiddenSize = Hidden ?? model.HiddenSize,
            },
            data with { Series = Series ?? data.Series, Horizon = Horizon ?? data.Horizon },
            train with
            {
                BatchSize = Batch ?? train.BatchSize,
                Epochs = Epochs ?? train.Epochs,
                Lr = Lr ?? train.Lr,
                Seed = Seed ?? train.Seed,
            }).Checked();
    }
}
