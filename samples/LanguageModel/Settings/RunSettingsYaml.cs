using System.Globalization;
using Samples.Shared;

namespace LanguageModel;

/// <summary>Settings from and to YAML, with the keys of the Python library's example and some more.</summary>
internal static class RunSettingsYaml
{
    private static readonly (string, Precision)[] s_precisions =
        [("false", Precision.Fp32), ("fp32", Precision.Fp32), ("true", Precision.Fp16), ("fp16", Precision.Fp16), ("bf16", Precision.Bf16)];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">There is no such file, or its content is wrong: the message names line and key.</exception>
    public static RunSettings Load(string file) => Parse(file, YamlSection.Read(file));

    /// <summary>Reads a text.</summary>
    /// <param name="file">What errors call it.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="InputException">The content is wrong: the message names line and key.</exception>
    public static RunSettings Parse(string file, string text)
    {
        var root = YamlSection.Parse(file, text);
        var (model, data, train) = (root.Section("model"), root.Section("data"), root.Section("train"));
        var settings = new RunSettings(
            new ModelSettings(
                model.Whole("num_layers", 1, 1000, 4), model.Whole("embed_dim", 1, 65536, 128), model.Whole("num_heads", 1, 1024, 4),
                model.Whole("max_input_length", 2, 65536, 128), VocabSize: 0),
            new DataSettings(
                data.Choice(
                    "tokenizer", TokenizerKind.Bpe, ("byte", TokenizerKind.Byte), ("bpe", TokenizerKind.Bpe), ("gpt2", TokenizerKind.Gpt2)),
                data.Whole("vocab_size", 257, 65536, 1024), data.Flag("pack", true), data.Whole("shuffle_buffer", 1, 1_000_000, 4096),
                data.Whole("held_out_every", 2, 1_000_000, 20)),
            Train(train));
        root.RequireNoOtherKeys();
        return settings.Checked();
    }

    /// <summary>The text that gives the same settings.</summary>
    public static string Write(RunSettings settings)
    {
        var (model, data, train) = settings;
        var optimizer = train.Optimizer;
        var precision = s_precisions.First(p => p.Item2 == train.MixedPrecision).Item1;
        var schedule = optimizer.Schedule switch
        {
            ScheduleName.None => "none",
            ScheduleName.LinearDecay => "linear_decay",
            _ => "cosine_annealing",
        };
        return string.Create(CultureInfo.InvariantCulture, $"""
            model:
              num_layers: {model.NumLayers}
              embed_dim: {model.EmbedDim}
              num_heads: {model.NumHeads}
              max_input_length: {model.MaxInputLength}
            data:
              tokenizer: {Lower(data.Tokenizer)}
              vocab_size: {data.VocabSize}
              pack: {Lower(data.Pack)}
              shuffle_buffer: {data.ShuffleBuffer}
              held_out_every: {data.HeldOutEvery}
            train:
              batch_size: {train.BatchSize}
              num_workers: {train.NumWorkers}
              log_freq_seconds: {train.LogFreqSeconds:R}
              max_tokens: {train.MaxTokens}
              eval_freq_steps: {train.EvalFreqSteps}
              eval_batches: {train.EvalBatches}
              mixed_precision: {precision}
              mixed_precision_scalar: {train.MixedPrecisionScalar:R}
              seed: {train.Seed}
              optimizer:
                name: {optimizer.Name}
                lr: {optimizer.Lr:R}
                weight_decay: {optimizer.WeightDecay:R}
                betas: [{optimizer.Betas.First:R}, {optimizer.Betas.Second:R}]
                schedule: {schedule}
                warmup_tokens: {optimizer.WarmupTokens}
                clip: {optimizer.Clip?.ToString("R", CultureInfo.InvariantCulture) ?? "none"}
                clip_type: {(optimizer.ClipType == ClipType.Norm ? "norm" : "per_coordinate")}

            """);
    }

    private static TrainSettings Train(YamlSection train)
    {
        var optimizer = train.Section("optimizer");
        return new TrainSettings(
            train.Whole("batch_size", 1, 1_000_000, 16),
            train.Whole("num_workers", 0, 256, 1),
            train.Real("log_freq_seconds", 0, 1e6, 10),
            train.Whole("max_tokens", 1, (long)1e15, 1_000_000),
            train.Whole("eval_freq_steps", 1, 1_000_000_000, 200),
            train.Whole("eval_batches", 0, 100_000, 16),
            train.Choice("mixed_precision", Precision.Fp32, s_precisions),
            train.Real("mixed_precision_scalar", 1e-6, 1e30, 65536),
            train.Whole("seed", 0, int.MaxValue - 1, 0),
            new OptimizerSettings(
                optimizer.Choice(
                    "name", OptimizerName.AdamW, ("AdamW", OptimizerName.AdamW), ("Lion", OptimizerName.Lion), ("SGD", OptimizerName.SGD)),
                optimizer.Real("lr", 0, 1000, 1e-3),
                optimizer.Real("weight_decay", 0, 1000, 1e-2),
                optimizer.Pair("betas", 0, 0.9999999, (0.9, 0.999)),
                optimizer.Choice(
                    "schedule", ScheduleName.None, ("none", ScheduleName.None), ("linear_decay", ScheduleName.LinearDecay),
                    ("cosine_annealing", ScheduleName.CosineAnnealing)),
                optimizer.Whole("warmup_tokens", 0, (long)1e15, 0),
                optimizer.RealOrNone("clip", 1e-12, 1e12, null),
                optimizer.Choice(
                    "clip_type", ClipType.PerCoordinate, ("per_coordinate", ClipType.PerCoordinate), ("norm", ClipType.Norm))));
    }

    private static string Lower<T>(T value) => $"{value}".ToLowerInvariant();
}
