using Brachy.NN;

namespace Brachy.Models;

/// <summary>
/// A transformer over patches of an image (Dosovitskiy and others, "An Image is Worth 16x16 Words", arXiv:2010.11929), with the names of
/// torchvision's: <c>class_token</c>, <c>conv_proj</c>, <c>encoder.pos_embedding</c>, <c>encoder.layers.encoder_layer_0.ln_1</c>, …,
/// <c>heads.head</c>, so that its files fit.
/// </summary>
/// <remarks>Images are normalised by <see cref="ImageClassification"/>.</remarks>
[Module]
public partial class VisionTransformer
{
    /// <summary>Stands before the patches, and gathers what the head sees, [1, 1, hidden].</summary>
    [Param]
    public partial Tensor ClassToken { get; set; }

    /// <summary>From the colours of a patch to its values.</summary>
    public partial Conv2d ConvProj { get; set; }

    /// <summary>Positions, and the layers.</summary>
    public partial VisionEncoder Encoder { get; set; }

    /// <summary>From features to a score for each class, under the name "head"; empty for a network that gives features.</summary>
    public partial ModuleDict<Module<Tensor, Tensor>> Heads { get; set; }

    /// <summary>The sides of images.</summary>
    [Static]
    public partial long ImageSize { get; set; }

    /// <summary>A network with random weights; the static methods are those of the paper.</summary>
    /// <param name="imageSize">The sides of images; a multiple of <paramref name="patchSize"/>.</param>
    /// <param name="patchSize">The sides of patches.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="heads">The number of heads of attention.</param>
    /// <param name="hidden">The number of values at each patch; a multiple of <paramref name="heads"/>.</param>
    /// <param name="mlp">The size inside the perceptrons.</param>
    /// <param name="classes">The number of classes; 0 for no head, so that the network gives features.</param>
    /// <param name="dropout">The probability of dropout after positions, attention and in perceptrons.</param>
    /// <param name="attentionDropout">The probability with which attention weights are dropped.</param>
    /// <exception cref="ArgumentException">The patches do not fill the image, or the heads do not divide the values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public VisionTransformer(
        long imageSize, long patchSize, int layers, long heads, long hidden, long mlp, long classes = 1000, double dropout = 0,
        double attentionDropout = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(patchSize);
        ArgumentOutOfRangeException.ThrowIfNegative(classes);
        if (imageSize % patchSize != 0)
        {
            throw new ArgumentException($"Patches of {patchSize} do not fill images of {imageSize}.", nameof(imageSize));
        }

        ImageSize = imageSize;
        ConvProj = new(3, hidden, patchSize, patchSize)
        {
            Weight = Init.TruncNormal([hidden, 3, patchSize, patchSize], std: Math.Sqrt(1.0 / (3 * patchSize * patchSize))),
            Bias = F.zeros([hidden]),
        };
        ClassToken = F.zeros([1, 1, hidden]);
        var side = imageSize / patchSize;
        Encoder = new(1 + (side * side), layers, heads, hidden, mlp, dropout, attentionDropout);
        Heads = classes == 0
            ? []
            : new() { ["head"] = new Linear(hidden, classes) { Weight = F.zeros([classes, hidden]), Bias = F.zeros([classes]) } };
    }

    /// <summary>
    /// One score for each class. Input [N, 3, image_size, image_size], normalised; output [N, classes], or <see cref="Features"/> where
    /// there is no head.
    /// </summary>
    /// <exception cref="ShapeException">x has another shape.</exception>
    public Tensor Forward(Tensor x)
    {
        x = Features(x);
        foreach (var head in Heads.Values)
        {
            x = head.Call(x);
        }

        return x;
    }

    /// <summary>What the head sees: the class token at the end. Input [N, 3, image_size, image_size], output [N, hidden].</summary>
    /// <exception cref="ShapeException">x has another shape.</exception>
    public Tensor Features(Tensor x) => F.select(FeatureMap(x), 1, 0);

    /// <summary>
    /// What the last layer gives, norm included. Input [N, 3, image_size, image_size], output [N, 1 + patches, hidden]: the class token,
    /// then the patches, row by row.
    /// </summary>
    /// <exception cref="ShapeException">x has another shape.</exception>
    public Tensor FeatureMap(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ndim != 4 || x.shape[2] != ImageSize || x.shape[3] != ImageSize)
        {
            throw new ShapeException(
                $"VisionTransformer: images {x.Type} must be [N, 3, {ImageSize}, {ImageSize}]; see WithImageSize for other sizes.");
        }

        var patches = F.transpose(F.flatten(ConvProj.Call(x), 2), 1, 2);
        var token = F.expand(ClassToken, [x.shape[0], 1, patches.shape[2]]);
        return Encoder.Call(F.cat([token, patches], 1));
    }
}
