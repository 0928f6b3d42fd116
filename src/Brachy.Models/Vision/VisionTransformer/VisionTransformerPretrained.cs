using System.Globalization;
using Brachy.IO;

namespace Brachy.Models;

// Weights of others.
public partial class VisionTransformer
{
    /// <summary>
    /// The network in a file with torchvision's names, such as <c>vit_b_16-c867db91.pth</c>, or a folder with one; its names and shapes say
    /// its sizes.
    /// </summary>
    /// <param name="path">A <c>.pth</c>, <c>.bin</c>, <c>.safetensors</c> or <c>.onnx</c> file or a folder, as for
    /// <see cref="Pretrained.Load(Func{StateOrganizer}, string, WeightNames?, PretrainedOptions?)"/>.</param>
    /// <param name="classes">
    /// The number of classes, 0 for no head; null for that of the file. With another number the head has its initial values.
    /// </param>
    /// <param name="heads">
    /// The number of heads of attention, which no shape tells; by default that of the paper's network of this size: 16 for 1280 values, and
    /// otherwise one for each 64.
    /// </param>
    /// <param name="imageSize">The sides of images; null for those of the file. See <see cref="WithImageSize"/>.</param>
    /// <param name="options">How to load; strictly, in the element type of the file, by default.</param>
    /// <returns>A model that evaluates.</returns>
    /// <exception cref="FileNotFoundException">There is no such file or folder, or nothing of the kind in the folder.</exception>
    /// <exception cref="CheckpointException">The file is damaged, holds no such network, or does not fit.</exception>
    /// <exception cref="ArgumentException">The heads do not divide the values, or the patches do not fill the image.</exception>
    public static PretrainedModel FromPretrained(
        string path, long? classes = null, long? heads = null, long? imageSize = null, PretrainedOptions? options = null)
    {
        using var source = WeightFiles.Open(path);
        var stored = new StoredNetwork(source, "encoder.pos_embedding", "VisionTransformer");
        var layers = stored.Count(i => string.Create(CultureInfo.InvariantCulture, $"encoder.layers.encoder_layer_{i}.ln_1.weight"));
        var (positions, hidden) = (stored.Size("encoder.pos_embedding", 1), stored.Size("encoder.pos_embedding", 2));
        var patch = stored.Size("conv_proj.weight", 2);
        var side = (long)Math.Sqrt(Math.Max(0, positions - 1));
        if (layers == 0 || hidden == 0 || patch == 0 || side == 0 || (side * side) + 1 != positions)
        {
            throw new CheckpointException(
                source.Place, $"has {layers} layers and positions {stored.Shape("encoder.pos_embedding")}, which make no square of patches",
                "It holds another network.");
        }

        const string Inside = "encoder.layers.encoder_layer_0.mlp.";
        var mlp = stored.Size(Inside + (stored.Has(Inside + "linear_1.weight") ? "linear_1.weight" : "0.weight"), 0);
        var classesStored = stored.Shape("heads.head.weight") is { Rank: 2 } head ? head[0] : 0;
        var attention = heads ?? (hidden == 1280 ? 16 : Math.Max(1, hidden / 64));
        var model = Pretrained.Load(
            () => new VisionTransformer(side * patch, patch, layers, attention, hidden, mlp, classes ?? classesStored),
            source,
            stored.Names with { Rename = Renamed },
            StoredNetwork.Headed(options, classes, classesStored, "heads.**"));
        return imageSize is { } size && size != side * patch ? model with { Tree = WithImageSize(model.Tree, size) } : model;
    }

    /// <summary>The first files of torchvision have numbers of another kind in the perceptrons.</summary>
    private static string Renamed(string name) => name
        .Replace(".mlp.linear_1.", ".mlp.0.", StringComparison.Ordinal).Replace(".mlp.linear_2.", ".mlp.3.", StringComparison.Ordinal);
}
