using Brachy;
using Brachy.Data;
using Brachy.Optim;
using Quickstart.Data;

namespace Quickstart;

/// <summary>How an epoch went.</summary>
internal readonly record struct EpochSummary(int Epoch, double Loss, double Accuracy);

/// <summary>Trains a classifier on digit images, epoch by epoch.</summary>
internal sealed class DigitTraining : IDisposable
{
    private readonly Batches<(Tensor Images, Tensor Labels)> _batches;
    private readonly GlobalConfig _config;
    private readonly GlobalConfig _optConfig;
    private StructureTree _model;
    private StructureTree _opt;

    /// <summary>Draws the first weights from the random scope that is open.</summary>
    public DigitTraining(DigitSet train, QuickstartOptions options)
    {
        StepsPerEpoch = train.Count / options.BatchSize;
        (_model, _config) = new Classifier(DigitSet.Pixels, options.HiddenSize, DigitSet.Classes);
        (_opt, _optConfig) = new AdamW(_model, options.LearningRate);
        _batches = Batches.OfTensors(
            DigitTensors.Of(train), new() { Size = options.BatchSize, Key = Rng.NextKey(), DropLast = true });
    }

    public int StepsPerEpoch { get; }

    public EpochSummary RunEpoch(int epoch, Action onStep)
    {
        double loss = 0, accuracy = 0;
        foreach (var (x, y) in _batches.Epoch())
        {
            using var scope = TensorScope.Begin();
            (_opt, _model, var batchLoss, var batchAccuracy) = Training.StepJit(_opt, _optConfig, _model, _config, x, y);
            loss += (double)batchLoss / StepsPerEpoch;
            accuracy += (double)batchAccuracy / StepsPerEpoch;
            onStep();
        }

        return new EpochSummary(epoch, loss, accuracy);
    }

    /// <summary>The share of images that are classified correctly.</summary>
    public double Evaluate(DigitSet digits)
    {
        using var scope = TensorScope.Begin();
        var (images, labels) = DigitTensors.Of(digits);
        return (double)Training.EvaluateJit(_model, _config, images, labels);
    }

    /// <inheritdoc/>
    public void Dispose() => _batches.Dispose();
}
