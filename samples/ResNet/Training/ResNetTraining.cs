using System.Text.Json;
using Brachy;
using Brachy.Data;
using Brachy.IO;
using Brachy.Modules;
using Brachy.Optim;
using Samples.Shared;

namespace ResNet;

/// <summary>A network in training: all that a checkpoint holds.</summary>
internal sealed class ResNetTraining : IDisposable
{
    private readonly Dataset _data;
    private readonly string _fingerprint;
    private readonly Batches<Batch> _train;
    private readonly Batches<Batch> _test;
    private readonly Device _device;
    private readonly Tensor _normalisation;
    private readonly GlobalConfig _config;
    private readonly GlobalConfig _optConfig;
    private readonly List<EpochSummary> _history = [];
    private StructureTree _model;
    private StructureTree _opt;

    // Of the steps of the epoch so far.
    private double _loss;
    private long _correct;

    /// <summary>A network with random weights.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="data">What to learn.</param>
    /// <param name="device">Where to compute.</param>
    public ResNetTraining(TrainSettings settings, Dataset data, Device device = default)
        : this(settings, data, device, checkpoint: null)
    {
    }

    private ResNetTraining(TrainSettings settings, Dataset data, Device device, Checkpoint? checkpoint)
    {
        (Settings, _data, _device, _fingerprint) = (settings, data, device, data.Fingerprint());
        _train = ImageBatches.Training(data.Train, settings.Batch, settings.Seed);
        _test = ImageBatches.Plain(data.Test, settings.Batch);
        _normalisation = Tensor.FromArray(data.Normalisation, [2, 3, 1, 1]).to(device);
        if (checkpoint is null)
        {
            using var rng = Rng.Scope(settings.Seed);
            (_model, _config) = Architecture.Named(settings.Architecture).Build(data.Train.Classes, settings.Width);
            if (settings.Precision == "bf16")
            {
                _model = MixedPrecision.ForceHighPrecision(_model, (_, node) => node.Buffers.ContainsKey("running_mean"));
                _model = MixedPrecision.Cast(_model, DType.BFloat16);
            }

            var steps = (long)settings.Epochs * StepsPerEpoch;
            (_opt, _optConfig) = new Scheduled(
                new SGD(_model, settings.Lr, momentum: 0.9, weightDecay: 5e-4), ("**.lr", Schedule.Cosine(settings.Lr, steps)));
        }
        else
        {
            (_model, _config) = checkpoint.Tree("model");
            (_opt, _optConfig) = checkpoint.Tree("opt");
            _history = JsonSerializer.Deserialize(checkpoint.Value<string>("history"), TrainJson.Default.ListEpochSummary)!;
            _train.Position = checkpoint.Position("position");
            (_loss, _correct) = (checkpoint.Value<double>("epoch_loss"), checkpoint.Value<long>("epoch_correct"));
        }

        if (device != Device.CPU)
        {
            _model = _model.MapParamsBuffers((_, tensor) => tensor.to(device));
            _opt = _opt.MapParamsBuffers((_, tensor) => tensor.to(device));
        }
    }

    /// <summary>All settings.</summary>
    public TrainSettings Settings { get; }

    /// <summary>How the epochs so far went.</summary>
    public IReadOnlyList<EpochSummary> History => _history;

    /// <summary>Training steps of an epoch.</summary>
    public int StepsPerEpoch => (int)_train.PerEpoch!.Value;

    /// <summary>Those of the epoch that goes on.</summary>
    public int StepsOfEpoch => (int)_train.Position.Batch;

    /// <summary>The network.</summary>
    public StructureTree Model => _model;

    /// <summary>The learning rate of the last step.</summary>
    public double LearningRate => (double)_opt.Select("**.lr").First().Tensor;

    /// <summary>The settings in a file.</summary>
    /// <exception cref="IOException">The file cannot be read, or holds something else.</exception>
    public static TrainSettings LoadSettings(string path) => Header(Checkpoint.Load(path), path);

    /// <summary>Why other bits may follow than if the training had not been stopped; null if none should.</summary>
    public string? BitsNotice { get; private init; }

    /// <summary>The training in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">What it learns, which must be what it learned.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="IOException">The file cannot be read, holds something else, or other images were learned.</exception>
    public static ResNetTraining Load(string path, Dataset data, Device device = default)
    {
        var checkpoint = Checkpoint.Load(path);
        var settings = Header(checkpoint, path);
        return checkpoint.Value<string>("data") == data.Fingerprint()
            ? new ResNetTraining(settings, data, device, checkpoint) { BitsNotice = checkpoint.BitsNotice }
            : throw new InputException($"{path}: was trained on other images; give the same --data");
    }

    /// <summary>Trains to the end of an epoch, which may have begun before, and evaluates.</summary>
    /// <param name="onStep">
    /// Is told the loss and the share of correct images of each step. It may save: what is loaded then goes on with the next step.
    /// </param>
    /// <param name="stop">Ends the training after a step.</param>
    /// <returns>How the epoch went; null where it was stopped.</returns>
    public EpochSummary? RunEpoch(Action<double, double>? onStep = null, CancellationToken stop = default)
    {
        foreach (var batch in _train.Epoch())
        {
            var (loss, correct) = Learn(batch);
            _loss += loss / StepsPerEpoch;
            _correct += correct;
            onStep?.Invoke(loss, (double)correct / Settings.Batch);
            if (stop.IsCancellationRequested)
            {
                return null;
            }
        }

        var (testLoss, testAccuracy) = Evaluate();
        var summary = new EpochSummary(
            _history.Count + 1, _loss, _correct / (StepsPerEpoch * (double)Settings.Batch), testLoss, testAccuracy);
        (_loss, _correct) = (0, 0);
        _history.Add(summary);
        return summary;
    }

    /// <summary>Mean loss and share of correct test images, with running statistics.</summary>
    public (double Loss, double Accuracy) Evaluate()
    {
        double loss = 0, correct = 0;
        foreach (var batch in _test.Epoch())
        {
            using var scope = TensorScope.Begin();
            var (images, labels) = Tensors(batch);
            var (sum, right) = TrainingSteps.EvaluateJit(_model, _config, images, labels, _normalisation);
            loss += (double)sum;
            correct += (long)right;
        }

        return (loss / _data.Test.Count, correct / _data.Test.Count);
    }

    /// <summary>
    /// Writes all to a file, which is replaced only when the new one is whole. All ranks have the same; the first writes.
    /// </summary>
    public void Save(string path)
    {
        if (Rank.IsFirst)
        {
            Write(path);
        }
    }

    private void Write(string path) => Checkpoint.Save(
        path, ("model", (_model, _config)), ("opt", (_opt, _optConfig)),
        ("settings", JsonSerializer.Serialize(Settings, TrainJson.Default.TrainSettings)),
        ("history", JsonSerializer.Serialize(_history, TrainJson.Default.ListEpochSummary)), ("data", _fingerprint),
        ("position", _train.Position), ("epoch_loss", _loss), ("epoch_correct", _correct));

    /// <inheritdoc/>
    public void Dispose()
    {
        _train.Dispose();
        _test.Dispose();
    }

    private static TrainSettings Header(Checkpoint checkpoint, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(checkpoint.Value<string>("settings"), TrainJson.Default.TrainSettings)!;
        }
        catch (Exception e) when (e is KeyNotFoundException or JsonException)
        {
            throw new InputException($"{path}: is a checkpoint of something else: {e.Message}", e);
        }
    }

    private (double Loss, long Correct) Learn(Batch batch)
    {
        using var scope = TensorScope.Begin();
        var (images, labels) = Tensors(batch);
        (_opt, _model, var loss, var correct) = TrainingSteps.StepJit(_opt, _optConfig, _model, _config, images, labels, _normalisation);
        return ((double)loss, (long)correct);
    }

    private (Tensor Images, Tensor Labels) Tensors(Batch batch) =>
        _device == Device.CPU ? (batch.Pixels, batch.Labels) : (batch.Pixels.to(_device), batch.Labels.to(_device));
}
