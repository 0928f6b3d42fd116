using Brachy;
using Brachy.IO;
using Brachy.Modules;
using Samples.Shared;

namespace LanguageModel;

/// <summary>How a step went.</summary>
/// <param name="Loss">The mean loss of the tokens that count.</param>
/// <param name="Correct">How many of them were foretold correctly.</param>
/// <param name="Targets">How many there were.</param>
internal readonly record struct StepSummary(double Loss, long Correct, int Targets);

/// <summary>A network in training: all that a checkpoint holds.</summary>
internal sealed class LanguageTraining
{
    private readonly GlobalConfig _config;
    private readonly GlobalConfig _optConfig;
    private StructureTree _model;
    private StructureTree _opt;

    /// <summary>A network with random weights.</summary>
    /// <param name="settings">All settings; the vocabulary is that of the tokenizer.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    public LanguageTraining(RunSettings settings, ITokenizer tokenizer)
    {
        Settings = settings with { Model = settings.Model with { VocabSize = tokenizer.VocabSize } };
        Tokenizer = tokenizer;
        using var rng = Rng.Scope(settings.Train.Seed);
        (_model, _config) = new StackedAttention(Settings.Model);
        if (settings.Train.MixedPrecision is not Precision.Fp32 and var precision)
        {
            _model = MixedPrecision.ForceHighPrecision(_model, (path, _) => path.EndsWith(".ln", StringComparison.Ordinal));
            _model = MixedPrecision.Cast(_model, precision == Precision.Fp16 ? DType.Float16 : DType.BFloat16);
        }

        (_opt, _optConfig) = Optimizers.Make(_model, Settings);
    }

    private LanguageTraining(RunSettings settings, ITokenizer tokenizer, Checkpoint checkpoint)
    {
        (Settings, Tokenizer) = (settings with { Model = settings.Model with { VocabSize = tokenizer.VocabSize } }, tokenizer);
        (_model, _config) = checkpoint.Tree("model");
        (_opt, _optConfig) = checkpoint.Tree("opt");
        Step = checkpoint.Value<long>("step");
        (Epoch, NextBatch) = ((int)checkpoint.Value<long>("epoch"), (int)checkpoint.Value<long>("batch"));
    }

    /// <summary>All settings.</summary>
    public RunSettings Settings { get; }

    /// <summary>The tokenizer.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>The network.</summary>
    public (StructureTree Tree, GlobalConfig Config) Model => (_model, _config);

    /// <summary>The number of steps taken.</summary>
    public long Step { get; private set; }

    /// <summary>The pass over the text that the next batch belongs to.</summary>
    public int Epoch { get; private set; }

    /// <summary>The number of the next batch in its epoch.</summary>
    public int NextBatch { get; private set; }

    /// <summary>The learning rate of the last step.</summary>
    public double LearningRate => Optimizers.LearningRateOf(_opt);

    /// <summary>Why other bits may follow than if the training had not been stopped; null if none should.</summary>
    public string? BitsNotice { get; private init; }

    /// <summary>The last training in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fingerprint">That of the text it must have learned from.</param>
    /// <exception cref="IOException">The file cannot be read, holds something else, or another text was learned.</exception>
    public static LanguageTraining Load(string path, string fingerprint)
    {
        var checkpoint = Checkpoint.Load(path);
        var (settings, tokenizer) = Header(checkpoint, path);
        return checkpoint.Value<string>("data") == fingerprint
            ? Read(path, () => new LanguageTraining(settings, tokenizer, checkpoint) { BitsNotice = checkpoint.BitsNotice })
            : throw new InputException($"{path}: was trained on other text (names or lengths of its files differ); give the same --data");
    }

    /// <summary>The network in a file, for use: in full precision, and without an optimizer.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read, or holds something else.</exception>
    public static (StructureTree Model, GlobalConfig Config, ITokenizer Tokenizer) LoadModel(string path)
    {
        var checkpoint = Checkpoint.Load(path);
        var (_, tokenizer) = Header(checkpoint, path);
        var (model, config) = Read(path, () => checkpoint.Tree("model"));
        return (MixedPrecision.Restore(model), config, tokenizer);
    }

    /// <summary>The settings in a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read, or holds something else.</exception>
    public static RunSettings LoadSettings(string path) => Header(Checkpoint.Load(path), path).Settings;

    /// <summary>One step.</summary>
    public StepSummary Learn(Batch batch)
    {
        using var scope = TensorScope.Begin();
        (_opt, _model, var loss, var correct) = TrainingSteps.StepJit(_opt, _optConfig, _model, _config, batch.Tokens);
        Step++;
        (Epoch, NextBatch) = (batch.Epoch, batch.Number + 1);
        return new StepSummary((double)loss, (long)correct, batch.Targets);
    }

    /// <summary>Mean loss and share of correct tokens.</summary>
    public (double Loss, double Accuracy) Evaluate(IEnumerable<Batch> batches)
    {
        double loss = 0, correct = 0, count = 0;
        foreach (var batch in batches)
        {
            using var scope = TensorScope.Begin();
            var (sum, right) = TrainingSteps.EvaluateJit(_model, _config, batch.Tokens);
            loss += (double)sum;
            correct += (long)right;
            count += batch.Targets;
        }

        return (loss / count, correct / count);
    }

    /// <summary>
    /// Writes all to a file, which is replaced only when the new one is whole. All ranks have the same; the first writes.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="fingerprint">That of the text.</param>
    public void Save(string path, string fingerprint)
    {
        if (Rank.IsFirst)
        {
            Write(path, fingerprint);
        }
    }

    private void Write(string path, string fingerprint) => Checkpoint.Save(
        path, ("model", (_model, _config)), ("opt", (_opt, _optConfig)), ("settings", RunSettingsYaml.Write(Settings)),
        ("tokenizer", TokenizerJson.Write(Tokenizer)), ("data", fingerprint), ("step", Step), ("epoch", (long)Epoch),
        ("batch", (long)NextBatch));

    private static (RunSettings Settings, ITokenizer Tokenizer) Header(Checkpoint checkpoint, string path) => Read(
        path, () => (
            RunSettingsYaml.Parse(path, checkpoint.Value<string>("settings")),
            TokenizerJson.Read(checkpoint.Value<string>("tokenizer"), path)));

    private static T Read<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (KeyNotFoundException e)
        {
            throw new InputException($"{path}: is a checkpoint of something else: {e.Message}", e);
        }
    }
}
