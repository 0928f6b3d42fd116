namespace LanguageModel;

/// <summary>What the command line of a training says. What is null is as the configuration has it.</summary>
internal sealed record TrainOptions(
    string? Config, IReadOnlyList<string> Data, TokenizerKind? Tokenizer, int? Vocabulary, int? Layers, int? Width, int? Heads, int? Length,
    int? Batch, double? Lr, long? Tokens, int? Seed, Precision? Precision, string? Checkpoint, int CheckpointEvery, string? Resume,
    string? TensorBoard, int? StopAfter, string Prompt)
{
    /// <summary>The settings of a configuration with those of the command line in their place.</summary>
    public RunSettings Over(RunSettings settings)
    {
        var (model, data, train) = settings;
        return new RunSettings(
            model with
            {
                NumLayers = Layers ?? model.NumLayers,
                EmbedDim = Width ?? model.EmbedDim,
                NumHeads = Heads ?? model.NumHeads,
                MaxInputLength = Length ?? model.MaxInputLength,
            },
            data with { Tokenizer = Tokenizer ?? data.Tokenizer, VocabSize = Vocabulary ?? data.VocabSize },
            train with
            {
                BatchSize = Batch ?? train.BatchSize,
                MaxTokens = Tokens ?? train.MaxTokens,
                Seed = Seed ?? train.Seed,
                MixedPrecision = Precision ?? train.MixedPrecision,
                Optimizer = train.Optimizer with { Lr = Lr ?? train.Optimizer.Lr },
            }).Checked();
    }

    /// <summary>Whether the command line changes what a checkpoint has.</summary>
    public bool ChangesSettings =>
        Config is not null || Tokenizer is not null || Vocabulary is not null || Layers is not null || Width is not null
        || Heads is not null || Length is not null
        || Batch is not null || Lr is not null || Tokens is not null || Seed is not null || Precision is not null;
}
