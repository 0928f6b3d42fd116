using Brachy;
using Brachy.Optim;
using Quickstart.Data;

namespace Quickstart;

/// <summary>How an epoch went.</summary>
internal readonly record struct EpochSummary(int Epoch, double Loss, double Accuracy);

/// <summary>Trains a classifier on digit images, epoch by epoch.</summary>
internal sealed class DigitTraining
{
    private readonly Batches _train;
    private readonly int _batchSize;
    private readonly GlobalConfig _config;
    private readonly GlobalConfig _optConfig;
    private StructureTree _model;
    private StructureTree _opt;

    /// <summary>Draws the first weights from the random scope that is open.</summary>
    public DigitTraining(DigitSet train, QuickstartOptions options)
    {
        _train = new Batches(train);
        _batchSize = options.BatchSize;
        StepsPerEpoch = train.Count / _batchSize;
        (_model, _config) = new Classifier(DigitSet.Pixels, options.HiddenSize, DigitSet.Classes);
        (_opt, _optConfig) = new AdamW(_model, options.LearningRate);
    }

    public int StepsPerEpoch { get; }

    public EpochSummary RunEpoch(int epoch, Action onStep)
    {
        double loss = 0, accuracy = 0;
        foreach (var (x, y) in _train.Shuffled(Rng.NextKey(), _batchSize))
        {
            using var scope = TensorScope.Begin();
            (_opt, _model, var batchLoss, var batchAccuracy) = Training.StepJit(_opt, _optConfig, _model, _config, x, y);
            loss += (double)batchLoss / StepsPerEpoch;
            accuracy += (double)batchAccuracy / StepsPerEpoch;
            x.Dispose();
            y.Dispose();
            onStep();
        }

        return new EpochSummary(epoch, loss, accuracy);
    }

    /// <summary>The share of images that are classified correctly.</summary>
    public double Evaluate(DigitSet digits)
    {
        using var scope = TensorScope.Begin();
        var test = new Batches(digits);
        return (double)Training.EvaluateJit(_model, _config, test.Images, test.Labels);
    }
}
