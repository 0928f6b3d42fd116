using Brachy.NN;

namespace Brachy.Models;

/// <summary>
/// A residual network for images (He and others, "Deep Residual Learning for Image Recognition", arXiv:1512.03385), with the names of
/// torchvision's: <c>conv1</c>, <c>bn1</c>, <c>layer1.0.conv1</c>, …, <c>fc</c>, so that its files fit.
/// </summary>
/// <remarks>Images are normalised by <see cref="ImageClassification"/>; their sides are 32 or more, 224 by custom.</remarks>
[Module]
public partial class ResNet
{
    /// <summary>From colours to channels, of half the image's size.</summary>
    public partial Conv2d Conv1 { get; set; }

    /// <summary>Follows the first convolution.</summary>
    public partial BatchNorm2d Bn1 { get; set; }

    /// <summary>Blocks on a quarter of the image's size.</summary>
    public partial Sequential Layer1 { get; set; }

    /// <summary>Blocks on an eighth of the image's size.</summary>
    public partial Sequential Layer2 { get; set; }

    /// <summary>Blocks on a sixteenth of the image's size.</summary>
    public partial Sequential Layer3 { get; set; }

    /// <summary>Blocks on a 32nd of the image's size.</summary>
    public partial Sequential Layer4 { get; set; }

    /// <summary>From the mean over the image to a score for each class; null for a network that gives features.</summary>
    public partial Module<Tensor, Tensor>? Fc { get; set; }

    /// <summary>A network with random weights; the static methods are those with names.</summary>
    /// <param name="block">The kind of block.</param>
    /// <param name="layers">How many blocks each of the four stages has.</param>
    /// <param name="classes">The number of classes; 0 for no head, so that the network gives features.</param>
    /// <param name="groups">The groups of the bottlenecks' 3×3 convolutions; more than 1 in a ResNeXt.</param>
    /// <param name="widthPerGroup">The channels of a group in the first stage's bottlenecks; more than 64 in a wide ResNet.</param>
    /// <exception cref="ArgumentException">
    /// There are not four stages, or groups or widths are given for basic blocks, which have none.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public ResNet(ResNetBlock block, IReadOnlyList<int> layers, long classes = 1000, long groups = 1, long widthPerGroup = 64)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentOutOfRangeException.ThrowIfNegative(classes);
        if (layers.Count != 4 || layers.Any(count => count <= 0))
        {
            throw new ArgumentException(
                $"A ResNet has four stages of one block or more, not [{string.Join(", ", layers)}].", nameof(layers));
        }

        if (block == ResNetBlock.Basic && (groups, widthPerGroup) != (1, 64))
        {
            throw new ArgumentException("Basic blocks have no groups and no width of their own; take bottlenecks.", nameof(groups));
        }

        Conv1 = new(3, 64, 7, stride: 2, padding: 3, bias: false);
        Conv1.Weight = Init.KaimingNormal(Conv1.Weight.shape, mode: FanMode.FanOut, nonlinearity: Nonlinearity.ReLU);
        Bn1 = new(64);
        var inPlanes = 64L;
        Layer1 = Stage(64, layers[0], stride: 1);
        Layer2 = Stage(128, layers[1], stride: 2);
        Layer3 = Stage(256, layers[2], stride: 2);
        Layer4 = Stage(512, layers[3], stride: 2);
        Fc = classes == 0 ? null : new Linear(inPlanes, classes);

        Sequential Stage(long planes, int count, long stride)
        {
            var blocks = new Sequential();
            for (var i = 0; i < count; i++)
            {
                if (block == ResNetBlock.Basic)
                {
                    blocks.Add(new BasicBlock(inPlanes, planes, i == 0 ? stride : 1));
                    inPlanes = BasicBlock.Expansion * planes;
                }
                else
                {
                    blocks.Add(new Bottleneck(inPlanes, planes, i == 0 ? stride : 1, groups, widthPerGroup));
                    inPlanes = Bottleneck.Expansion * planes;
                }
            }

            return blocks;
        }
    }

    /// <summary>
    /// One score for each class. Input [N, 3, H, W], normalised; output [N, classes], or <see cref="Features"/> where there is no head.
    /// </summary>
    /// <exception cref="ShapeException">x is not [N, 3, H, W].</exception>
    public Tensor Forward(Tensor x)
    {
        var features = Features(x);
        return Fc?.Call(features) ?? features;
    }

    /// <summary>What the head sees: the mean over the image. Input [N, 3, H, W], output [N, 512], or [N, 2048] with bottlenecks.</summary>
    /// <exception cref="ShapeException">x is not [N, 3, H, W].</exception>
    public Tensor Features(Tensor x) => F.mean(FeatureMap(x), [2, 3]);

    /// <summary>
    /// What the last stage gives, place by place. Input [N, 3, H, W], output [N, 512, ⌈H / 32⌉, ⌈W / 32⌉], or 2048 channels with
    /// bottlenecks.
    /// </summary>
    /// <exception cref="ShapeException">x is not [N, 3, H, W].</exception>
    public Tensor FeatureMap(Tensor x)
    {
        x = F.relu(Bn1.Call(Conv1.Call(x)));
        x = F.max_pool2d(x, 3, stride: 2, padding: 1);
        x = Layer1.Call(x);
        x = Layer2.Call(x);
        x = Layer3.Call(x);
        return Layer4.Call(x);
    }
}
