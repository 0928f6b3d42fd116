using Brachy;
using Brachy.Data;
using Brachy.IO;
using Brachy.Optim;
using Quickstart;
using Quickstart.Data;

namespace Service;

/// <summary>A training that goes on where its checkpoint stands, in the middle of an epoch too.</summary>
internal sealed class DigitTraining : IDisposable
{
    private const int Hidden = 128;

    private readonly ServiceOptions _options;
    private readonly Batches<(Tensor Images, Tensor Labels)> _batches;
    private readonly GlobalConfig _config;
    private readonly GlobalConfig _optConfig;
    private StructureTree _model;
    private StructureTree _opt;

    /// <summary>Reads the checkpoint, or draws the first weights.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or of something else.</exception>
    /// <exception cref="ArgumentException">The checkpoint is of other images, or sizes.</exception>
    public DigitTraining(ServiceOptions options)
    {
        _options = options;
        using var rng = Rng.Scope(options.Seed);
        var digits = SyntheticDigits.Render(options.TrainImages, options.Seed, DigitSplit.Train);
        _batches = Batches.OfTensors(
            DigitTensors.Of(digits), new() { Size = options.TrainBatch, Key = Rng.Seed(options.Seed), DropLast = true });
        if (File.Exists(options.Checkpoint))
        {
            var checkpoint = Checkpoint.Load(options.Checkpoint);
            (_model, _config) = checkpoint.Tree("model");
            (_opt, _optConfig) = checkpoint.Tree("opt");
            _batches.Position = checkpoint.Position("data");
            Step = checkpoint.Value<long>("step");
        }
        else
        {
            (_model, _config) = new Classifier(DigitSet.Pixels, Hidden, DigitSet.Classes);
            (_opt, _optConfig) = new AdamW(_model, lr: 1e-3);
        }
    }

    /// <summary>Training steps made.</summary>
    public long Step { get; private set; }

    /// <summary>Trains to the end of the epochs that the options ask for; each item is the loss of a step.</summary>
    /// <param name="stop">Ends it, by an <see cref="OperationCanceledException"/>, after a step.</param>
    public IEnumerable<double> Steps(CancellationToken stop)
    {
        while (_batches.Position.Epoch < _options.Epochs)
        {
            foreach (var (images, labels) in _batches.Epoch(stop))
            {
                yield return Learn(images, labels);
            }
        }
    }

    /// <summary>The model as it is now, with memory of its own: training gives its own away at each step.</summary>
    public ServedModel Snapshot() => new(_model.MapParamsBuffers((_, tensor) => F.clone(tensor)), _config, Step);

    /// <summary>Writes all to the checkpoint, which is replaced only when the new one is whole.</summary>
    public void Save() => Checkpoint.Save(
        _options.Checkpoint, ("model", (_model, _config)), ("opt", (_opt, _optConfig)), ("data", _batches.Position), ("step", Step));

    /// <inheritdoc/>
    public void Dispose() => _batches.Dispose();

    private double Learn(Tensor images, Tensor labels)
    {
        using var scope = TensorScope.Begin();
        (_opt, _model, var loss, _) = Training.StepJit(_opt, _optConfig, _model, _config, images, labels);
        Step++;
        return (double)loss;
    }
}
