using System.Globalization;
using Brachy.IO;

namespace Brachy.Models;

// Weights of others.
public partial class ResNet
{
    /// <summary>
    /// The network in a file with torchvision's names, such as <c>resnet50-11ad3fa6.pth</c>, or a folder with one; its names and shapes say
    /// which member of the family it is.
    /// </summary>
    /// <param name="path">A <c>.pth</c>, <c>.bin</c>, <c>.safetensors</c> or <c>.onnx</c> file or a folder, as for
    /// <see cref="Pretrained.Load(Func{StateOrganizer}, string, WeightNames?, PretrainedOptions?)"/>. ONNX files without the names are
    /// read by <see cref="OnnxLayers.Load"/>.</param>
    /// <param name="classes">
    /// The number of classes, 0 for no head; null for that of the file. With another number the head has its initial values.
    /// </param>
    /// <param name="options">How to load; strictly, in the element type of the file, by default.</param>
    /// <returns>A model that evaluates.</returns>
    /// <exception cref="FileNotFoundException">There is no such file or folder, or nothing of the kind in the folder.</exception>
    /// <exception cref="CheckpointException">The file is damaged, holds no such network, or does not fit.</exception>
    public static PretrainedModel FromPretrained(string path, long? classes = null, PretrainedOptions? options = null)
    {
        using var source = WeightFiles.Open(path);
        var stored = new StoredNetwork(source, "layer1.0.conv1.weight", "ResNet");
        var layers = Enumerable.Range(1, 4).Select(
            stage => stored.Count(i => string.Create(CultureInfo.InvariantCulture, $"layer{stage}.{i}.conv1.weight"))).ToArray();
        if (layers.Contains(0))
        {
            throw new CheckpointException(source.Place, "has fewer than four stages of blocks", "It is no ResNet of torchvision's kind.");
        }

        var (block, groups, width) = (ResNetBlock.Basic, 1L, 64L);
        if (stored.Has("layer1.0.conv3.weight"))
        {
            var (outside, inside) = (stored.Size("layer1.0.conv2.weight", 0), stored.Size("layer1.0.conv2.weight", 1));
            (block, groups, width) = (ResNetBlock.Bottleneck, Math.Max(1, outside / Math.Max(1, inside)), Math.Max(1, inside));
        }

        var heads = stored.Shape("fc.weight") is { Rank: 2 } head ? head[0] : 0;
        return Pretrained.Load(
            () => new ResNet(block, layers, classes ?? heads, groups, width), source, stored.Names,
            StoredNetwork.Headed(options, classes, heads, "fc.**"));
    }
}
