using System.Globalization;
using Brachy.IO;

namespace Brachy.Models;

// Weights of others.
public partial class MobileNetV3
{
    /// <summary>
    /// The network in a file with torchvision's names, such as <c>mobilenet_v3_small-047dcff4.pth</c>, or a folder with one; its names and
    /// shapes say which of the two it is, and how wide.
    /// </summary>
    /// <param name="path">A <c>.pth</c>, <c>.bin</c>, <c>.safetensors</c> or <c>.onnx</c> file or a folder, as for
    /// <see cref="Pretrained.Load(Func{StateOrganizer}, string, WeightNames?, PretrainedOptions?)"/>.</param>
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
        var stored = new StoredNetwork(source, "features.0.0.weight", "MobileNetV3");
        var blocks = stored.Count(i => string.Create(CultureInfo.InvariantCulture, $"features.{i + 1}.block.0.0.weight"));
        var (isLarge, last) = blocks switch
        {
            15 => (true, 1280),
            11 => (false, 1024),
            _ => throw new CheckpointException(
                source.Place, $"has {blocks} blocks, where MobileNetV3 has 15 (large) or 11 (small)", "It holds another network."),
        };
        var heads = stored.Shape("classifier.3.weight") is { Rank: 2 } head ? head[0] : 0;
        var width = heads > 0 ? Math.Max(1, stored.Size("classifier.0.weight", 0)) / (double)last : 1;
        return Pretrained.Load(
            () => isLarge ? Large(classes ?? heads, width) : Small(classes ?? heads, width), source, stored.Names,
            StoredNetwork.Headed(options, classes, heads, classes == 0 || heads == 0 ? "classifier.**" : "classifier.3.**"));
    }
}
