using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Brachy;
using Brachy.Data;
using Brachy.IO;
using Brachy.Optim;
using Samples.Shared;

namespace Sequence;

/// <summary>A network in training: all that a checkpoint holds.</summary>
internal sealed class SequenceTraining : IDisposable
{
    private readonly IReadOnlyList<Series> _series;
    private readonly SeriesBatches _batches;
    private readonly GlobalConfig _config;
    private readonly GlobalConfig _optConfig;
    private readonly List<EpochSummary> _history = [];
    private StructureTree _model;
    private StructureTree _opt;

    // The mean of the steps of the epoch so far, as a part of that of all.
    private double _loss;

    /// <summary>A network with random weights.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="series">What to learn.</param>
    public SequenceTraining(RunSettings settings, IReadOnlyList<Series> series)
        : this(settings, series, checkpoint: null)
    {
    }

    private SequenceTraining(RunSettings settings, IReadOnlyList<Series> series, Checkpoint? checkpoint)
    {
        var (model, data, train) = settings;
        (Settings, _series) = (settings, series);
        _batches = new SeriesBatches(series, train.BatchSize, data.Season, train.Seed);
        if (checkpoint is null)
        {
            using var rng = Rng.Scope(train.Seed);
            (_model, _config) = new Forecaster(
                model.Cell == Cell.Lstm, data.Lags.Count, model.HiddenSize, model.NumLayers, model.Dropout);
            (_opt, _optConfig) = Optimizer();
            return;
        }

        (_model, _config) = checkpoint.Tree("model");
        (_opt, _optConfig) = checkpoint.Tree("opt");
        _history = JsonSerializer.Deserialize(checkpoint.Value<string>("history"), TrainJson.Default.ListEpochSummary)!;
        _batches.Position = checkpoint.Position("position");
        _loss = checkpoint.Value<double>("epoch_loss");
    }

    /// <summary>All settings.</summary>
    public RunSettings Settings { get; }

    /// <summary>How the epochs so far went.</summary>
    public IReadOnlyList<EpochSummary> History => _history;

    /// <summary>Training steps of an epoch.</summary>
    public int StepsPerEpoch => _batches.PerEpoch;

    /// <summary>Those of the epoch that goes on.</summary>
    public int StepsOfEpoch => (int)_batches.Position.Batch;

    /// <summary>The network.</summary>
    public StructureTree Model => _model;

    /// <summary>The learning rate of the last step.</summary>
    public double LearningRate => (double)_opt.Select("**.lr").First().Tensor;

    /// <summary>The settings in a file.</summary>
    /// <exception cref="IOException">The file cannot be read, or holds something else.</exception>
    public static RunSettings LoadSettings(string path) => Header(Checkpoint.Load(path), path);

    /// <summary>The training in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="series">What it learns, which must be what it learned.</param>
    /// <exception cref="IOException">The file cannot be read, holds something else, or other series were learned.</exception>
    public static SequenceTraining Load(string path, IReadOnlyList<Series> series)
    {
        var checkpoint = Checkpoint.Load(path);
        var settings = Header(checkpoint, path);
        return checkpoint.Value<string>("data") == Fingerprint(series)
            ? new SequenceTraining(settings, series, checkpoint)
            : throw new InputException($"{path}: was trained on other series; give the same --data");
    }

    /// <summary>The network in a file, for use.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read, or holds something else.</exception>
    public static Predictor LoadPredictor(string path)
    {
        var checkpoint = Checkpoint.Load(path);
        var settings = Header(checkpoint, path);
        var (model, config) = checkpoint.Tree("model");
        return new Predictor(settings, model, config);
    }

    /// <summary>Trains to the end of an epoch, which may have begun before, and looks at what is held out when it is time to.</summary>
    /// <param name="onStep">Is told the loss of each step. It may save: what is loaded then goes on with the next step.</param>
    /// <param name="stop">Ends the training after a step.</param>
    /// <returns>How the epoch went; null where it was stopped.</returns>
    public EpochSummary? RunEpoch(Action<double>? onStep = null, CancellationToken stop = default)
    {
        foreach (var batch in _batches.Epoch())
        {
            var loss = Learn(batch);
            _loss += loss / StepsPerEpoch;
            onStep?.Invoke(loss);
            if (stop.IsCancellationRequested)
            {
                return null;
            }
        }

        var epoch = _history.Count + 1;
        var isEvaluated = epoch == Settings.Train.Epochs || epoch % Settings.Train.EvalEvery == 0;
        var summary = new EpochSummary(epoch, _loss, isEvaluated ? Evaluate().Score : null);
        _loss = 0;
        _history.Add(summary);
        return summary;
    }

    /// <summary>Foretells what is held out.</summary>
    public (Score Score, IReadOnlyList<Forecast> Forecasts) Evaluate()
    {
        var forecasts = new Predictor(Settings, _model, _config).Foretell(_series);
        return (Score.Of(_series, forecasts, Settings.Data.Season), forecasts);
    }

    /// <summary>Writes all to a file, which is replaced only when the new one is whole.</summary>
    public void Save(string path) => Checkpoint.Save(
        path, ("model", (_model, _config)), ("opt", (_opt, _optConfig)), ("settings", RunSettingsYaml.Write(Settings)),
        ("history", JsonSerializer.Serialize(_history, TrainJson.Default.ListEpochSummary)), ("data", Fingerprint(_series)),
        ("position", _batches.Position), ("epoch_loss", _loss));

    /// <inheritdoc/>
    public void Dispose() => _batches.Dispose();

    private static RunSettings Header(Checkpoint checkpoint, string path)
    {
        try
        {
            return RunSettingsYaml.Parse(path, checkpoint.Value<string>("settings"));
        }
        catch (KeyNotFoundException e)
        {
            throw new InputException($"{path}: is a checkpoint of something else: {e.Message}", e);
        }
    }

    private static string Fingerprint(IReadOnlyList<Series> series)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var one in series)
        {
            hash.AppendData(MemoryMarshal.AsBytes([one.Values.Length, one.Horizon]));
            hash.AppendData(MemoryMarshal.AsBytes(one.Values.AsSpan()));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private (StructureTree Tree, GlobalConfig Config) Optimizer()
    {
        var train = Settings.Train;
        Module<(LossAndGrad LossAndGrad, StructureTree Model), StructureTree> result =
            new AdamW(_model, train.Lr, weightDecay: train.WeightDecay);
        result = train.Clip is { } clip ? new ClipGradNorm(result, clip) : result;
        var (tree, config) = new Scheduled(result, ("**.lr", Schedule.Cosine(train.Lr, (long)train.Epochs * StepsPerEpoch)));
        return (tree, config);
    }

    private double Learn(Batch batch)
    {
        using var scope = TensorScope.Begin();
        (_opt, _model, var loss) = TrainingSteps.StepJit(
            _opt, _optConfig, _model, _config, batch.Values, batch.Lengths, Settings.Data.Lags);
        return (double)loss;
    }
}
