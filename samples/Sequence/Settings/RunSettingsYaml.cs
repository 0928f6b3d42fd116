using System.Globalization;
using Samples.Shared;

namespace Sequence;

/// <summary>Settings from and to YAML.</summary>
internal static class RunSettingsYaml
{
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
        var optimizer = train.Section("optimizer");
        var settings = new RunSettings(
            new ModelSettings(
                model.Choice("cell", Cell.Lstm, ("lstm", Cell.Lstm), ("gru", Cell.Gru)), model.Whole("num_layers", 1, 100, 1),
                model.Whole("hidden_size", 1, 65536, 48), model.Real("dropout", 0, 1, 0)),
            new DataSettings(
                data.Whole("series", 1, 1_000_000, 192), data.Whole("min_length", 4, 10_000_000, 336),
                data.Whole("max_length", 4, 10_000_000, 588), data.Wholes("periods", 1, 1_000_000, [12, 84]),
                data.Whole("horizon", 1, 1_000_000, 84)),
            new TrainSettings(
                train.Whole("batch_size", 1, 1_000_000, 32), train.Whole("epochs", 1, 1_000_000, 40),
                train.Whole("eval_every", 1, 1_000_000, 10), train.Whole("paths", 1, 100_000, 64),
                train.Whole("seed", 0, int.MaxValue - 1, 0), optimizer.Real("lr", 0, 1000, 5e-3),
                optimizer.Real("weight_decay", 0, 1000, 1e-3), optimizer.RealOrNone("clip", 1e-12, 1e12, 1)));
        root.RequireNoOtherKeys();
        return settings.Checked();
    }

    /// <summary>The text that gives the same settings.</summary>
    public static string Write(RunSettings settings)
    {
        var (model, data, train) = settings;
        return string.Create(CultureInfo.InvariantCulture, $"""
            model:
              cell: {(model.Cell == Cell.Lstm ? "lstm" : "gru")}
              num_layers: {model.NumLayers}
              hidden_size: {model.HiddenSize}
              dropout: {model.Dropout:R}
            data:
              series: {data.Series}
              min_length: {data.MinLength}
              max_length: {data.MaxLength}
              periods: [{string.Join(", ", data.Periods)}]
              horizon: {data.Horizon}
            train:
              batch_size: {train.BatchSize}
              epochs: {train.Epochs}
              eval_every: {train.EvalEvery}
              paths: {train.Paths}
              seed: {train.Seed}
              optimizer:
                lr: {train.Lr:R}
                weight_decay: {train.WeightDecay:R}
                clip: {train.Clip?.ToString("R", CultureInfo.InvariantCulture) ?? "none"}

            """);
    }
}
