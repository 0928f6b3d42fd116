using Brachy.NN;

namespace Brachy.Models;

/// <summary>
/// A small network for images (Howard and others, "Searching for MobileNetV3", arXiv:1905.02244), with the names of torchvision's:
/// <c>features.0.0</c>, <c>features.1.block.0.0</c>, …, <c>classifier.0</c>, <c>classifier.3</c>, so that its files fit.
/// </summary>
/// <remarks>Images are normalised by <see cref="ImageClassification"/>; their sides are 32 or more, 224 by custom.</remarks>
[Module]
public partial class MobileNetV3
{
    /// <summary>The convolutions: a stem, the blocks, and one that makes channels many.</summary>
    public partial Sequential Features { get; set; }

    /// <summary>From the mean over the image to a score for each class; without layers for a network that gives features.</summary>
    public partial Sequential Classifier { get; set; }

    /// <summary>A network with random weights; <see cref="Large"/> and <see cref="Small"/> are those of the paper.</summary>
    /// <param name="blocks">The blocks, of which each takes what the one before gives.</param>
    /// <param name="lastChannel">The size inside the classifier.</param>
    /// <param name="classes">The number of classes; 0 for no head, so that the network gives features.</param>
    /// <param name="dropout">The probability of dropout in the classifier.</param>
    /// <exception cref="ArgumentException">There is no block, or one takes other channels than the one before gives.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public MobileNetV3(IReadOnlyList<InvertedResidualSettings> blocks, long lastChannel, long classes = 1000, double dropout = 0.2)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lastChannel);
        ArgumentOutOfRangeException.ThrowIfNegative(classes);
        if (blocks.Count == 0)
        {
            throw new ArgumentException("A MobileNetV3 has at least one block.", nameof(blocks));
        }

        var features = new Sequential(MobileLayers.ConvNormActivation(3, blocks[0].InChannels, 3, stride: 2, activation: new Hardswish()));
        for (var i = 0; i < blocks.Count; i++)
        {
            if (i > 0 && blocks[i].InChannels != blocks[i - 1].OutChannels)
            {
                throw new ArgumentException(
                    $"Block {i} takes {blocks[i].InChannels} channels, but the one before gives {blocks[i - 1].OutChannels}.",
                    nameof(blocks));
            }

            features.Add(new InvertedResidual(blocks[i]));
        }

        var (last, width) = (blocks[^1].OutChannels, 6 * blocks[^1].OutChannels);
        features.Add(MobileLayers.ConvNormActivation(last, width, 1, activation: new Hardswish()));
        Features = features;
        Classifier = classes == 0
            ? new()
            : new(
                MobileLayers.Linear(width, lastChannel), new Hardswish(), new Dropout(dropout), MobileLayers.Linear(lastChannel, classes));
    }

    /// <summary>
    /// One score for each class. Input [N, 3, H, W], normalised; output [N, classes], or <see cref="PooledFeatures"/> where there is no
    /// head.
    /// </summary>
    /// <exception cref="ShapeException">x is not [N, 3, H, W].</exception>
    public Tensor Forward(Tensor x) => Classifier.Call(PooledFeatures(x));

    /// <summary>What the head sees: the mean over the image. Input [N, 3, H, W], output [N, 960] (large) or [N, 576] (small).</summary>
    /// <exception cref="ShapeException">x is not [N, 3, H, W].</exception>
    public Tensor PooledFeatures(Tensor x) => F.mean(FeatureMap(x), [2, 3]);

    /// <summary>
    /// What the last convolution gives, place by place. Input [N, 3, H, W], output [N, 960, ⌈H / 32⌉, ⌈W / 32⌉] (large) or 576 channels
    /// (small).
    /// </summary>
    /// <exception cref="ShapeException">x is not [N, 3, H, W].</exception>
    public Tensor FeatureMap(Tensor x) => Features.Call(x);
}
