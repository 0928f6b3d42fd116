using Brachy;
using Brachy.Data;
using Brachy.NN;
using Brachy.Optim;

namespace Transfer;

/// <summary>A network that learns other classes: first its head on frozen features, then the rest.</summary>
internal sealed class TransferTraining
{
    private const double HeadLr = 1e-2;

    private readonly ImageSet _images;
    private readonly GlobalConfig _config;
    private readonly Tensor _mean;
    private readonly float[] _means;
    private readonly TransferSettings _settings;
    private StructureTree _model;

    /// <summary>ImageNet's network with a new head.</summary>
    /// <exception cref="IOException">The weights are not there.</exception>
    public TransferTraining(ImageSet images, TransferSettings settings)
    {
        (_images, _settings) = (images, settings);
        using var rng = Rng.Scope(settings.Seed);
        (_model, _config) = ImageNetWeights.Load(images.Classes.Count);
        _means = ImageNetWeights.Mean();
        _mean = Tensor.FromArray(_means, [3, 1, 1]);
    }

    /// <summary>The network.</summary>
    public StructureTree Model => _model;

    /// <summary>Steps of a pass over the images that are learned from, and of one over those that are held out.</summary>
    public int Passes => PerPass(_images.Train.Count) + PerPass(_images.HeldOut.Count);

    /// <summary>Steps of an epoch after the thaw.</summary>
    public int StepsPerEpoch => Math.Max(1, _images.Train.Count / _settings.Batch);

    /// <summary>Trains the head; all else stays. The images go through the frozen trunk once.</summary>
    /// <param name="onImages">Is told what happens after each batch of images.</param>
    /// <returns>The last epoch's loss, and the share of held-out images that are classified correctly.</returns>
    public (double Loss, double Accuracy) TrainHead(Action<string> onImages)
    {
        using var train = FeaturesOf(_images.Train, onImages);
        using var heldOut = FeaturesOf(_images.HeldOut, onImages);
        var head = _model["fc"].Tree;
        var (opt, optConfig) = new AdamW(head, HeadLr);
        var options = new BatchOptions
        {
            Size = Math.Min(_settings.Batch, _images.Train.Count),
            Key = Rng.Seed(_settings.Seed),
            DropLast = true,
            Workers = 0,
        };
        using var batches = Batches.OfTensors((train.Features, train.Labels), options);
        var loss = 0.0;
        for (var epoch = 0; epoch < _settings.HeadEpochs; epoch++)
        {
            loss = 0;
            foreach (var (features, labels) in batches.Epoch())
            {
                (opt, head, var step) = TransferSteps.HeadStepJit(opt, optConfig, head, _config, features, labels);
                loss += (double)step / (double)batches.PerEpoch!;
            }
        }

        _model = _model.At("fc").SetNode(head);
        var (_, scores) = Linear.Apply(head, _config, heldOut.Features);
        return (loss, (double)F.mean(F.eq(F.argmax(scores, -1), heldOut.Labels).to(DType.Float64)));
    }

    /// <summary>Lets the trunk learn too, with a tenth of the head's learning rate.</summary>
    /// <param name="onEpoch">Runs an epoch, which tells what happens after each step, and is given its loss and accuracy.</param>
    public void Thaw(Action<int, Func<Action<string>, (double Loss, double Accuracy)>> onEpoch)
    {
        var groups = _settings.Thaw == "all"
            ? new ParamGroups(_model, ("fc.**", m => new AdamW(m)), ("**", m => new AdamW(m)))
            : new ParamGroups(
                _model, ("fc.**", m => new AdamW(m)), (_settings.Thaw + ".**", m => new AdamW(m)), ("**", _ => new Frozen()));
        var steps = (long)Math.Max(1, _settings.Epochs) * StepsPerEpoch;
        var (opt, optConfig) = new Scheduled(groups, ("0.lr", Rate(_settings.Lr)), ("1.lr", Rate(0.1 * _settings.Lr)));
        using var batches = ImageBatches.Shuffled(_images, _settings);
        for (var epoch = 1; epoch <= _settings.Epochs; epoch++)
        {
            onEpoch(epoch, onStep =>
            {
                var loss = 0.0;
                foreach (var (images, labels) in batches.Epoch())
                {
                    (opt, _model, var step) = TransferSteps.StepJit(opt, optConfig, _model, _config, images, labels, _mean);
                    loss += (double)step / (double)batches.PerEpoch!;
                    onStep(FormattableString.Invariant($"loss {(double)step:F3}"));
                }

                return (loss, Evaluate());
            });
        }

        // A head that fits the features of the frozen trunk meets others: slowly at first.
        Schedule Rate(double lr) => Schedule.CosineWithWarmup(lr, Math.Max(1, steps / 5), steps + 1, start: lr / 10);
    }

    /// <summary>The share of held-out images that are classified correctly.</summary>
    public double Evaluate()
    {
        using var batches = ImageBatches.InOrder(_images.HeldOut, _settings);
        var correct = 0L;
        foreach (var (images, labels) in batches.Epoch())
        {
            using var scope = TensorScope.Begin();
            var probabilities = TransferSteps.PredictJit(_model, _config, images, _mean);
            correct += (long)F.sum(F.eq(F.argmax(probabilities, -1), labels));
        }

        return (double)correct / _images.HeldOut.Count;
    }

    /// <summary>What the network has learned, to predict with.</summary>
    public Predictor Predictor() => new(_model, _config, _images.Classes, _settings.Side, _means);

    private CachedFeatures FeaturesOf(IReadOnlyList<LabelledImage> images, Action<string> onImages)
    {
        using var batches = ImageBatches.InOrder(images, _settings);
        var (features, all) = (new List<Tensor>(), new List<Tensor>());
        foreach (var (pixels, labels) in batches.Epoch())
        {
            features.Add(TransferSteps.FeaturesJit(_model, _config, pixels, _mean));
            all.Add(labels.clone());
            onImages("features of images");
        }

        return new(F.cat([.. features]), F.cat([.. all]));
    }

    private int PerPass(int count) => (count + _settings.Batch - 1) / _settings.Batch;

    /// <summary>What the trunk makes of images.</summary>
    private sealed record CachedFeatures(Tensor Features, Tensor Labels) : IDisposable
    {
        public void Dispose()
        {
            Features.Dispose();
            Labels.Dispose();
        }
    }
}
