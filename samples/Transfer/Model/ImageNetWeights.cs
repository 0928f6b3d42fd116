using Brachy;
using Brachy.IO;
using Brachy.Models;
using Brachy.NN;
using Samples.Shared;

namespace Transfer;

/// <summary>ImageNet's ResNet-18 of CNTK, from the package Microsoft.ML.DnnImageFeaturizer.ResNet18.</summary>
internal static class ImageNetWeights
{
    /// <summary>
    /// What images are divided by: CNTK's network takes numbers up to 255, whose first layer would learn too fast. A power of two, so that
    /// nothing is rounded.
    /// </summary>
    public const double Scale = 64;

    // The package's build copies them beside the program.
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "DnnImageModels");

    /// <summary>The network, which evaluates, with a new head.</summary>
    /// <param name="classes">The classes that the head tells apart.</param>
    /// <exception cref="IOException">The package's files are not there.</exception>
    public static (StructureTree Model, GlobalConfig Config) Load(int classes)
    {
        var (model, config) = OnnxLayers.Load(
            () => new ResNet(ResNetBlock.Basic, [2, 2, 2, 3]), Find("ResNet18Onnx", "ResNet18.onnx"), new() { Ignore = "fc.**" });

        // The head for ImageNet's classes is replaced, and the first layer takes images of another scale: it computes the same.
        var features = model["fc.weight"].Tensor.shape[1];
        model = model.At("fc").SetNode(new Linear(features, classes).Tree).At("conv1.weight").Update(weight => weight * Scale);
        return (model, config);
    }

    /// <summary>What is taken from blue, green and red, in this order: the mean over ImageNet, of values from 0 to 255.</summary>
    public static float[] Mean()
    {
        using var scope = TensorScope.Begin();
        var image = OnnxFile.ReadWeights(Find("ResNetPrepOnnx", "ResNetPreprocess.onnx"))["MeanImage"];
        return F.mean(image, [0, 2, 3]).ToArray<float>();
    }

    private static string Find(params ReadOnlySpan<string> path)
    {
        var file = Path.Combine([s_folder, .. path]);
        return File.Exists(file) ? file : throw new InputException(
            $"{file}: is missing; it comes with the package Microsoft.ML.DnnImageFeaturizer.ResNet18 when the sample is built");
    }
}
