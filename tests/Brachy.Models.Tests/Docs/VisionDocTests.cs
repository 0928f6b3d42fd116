using Brachy.IO;
using Brachy.Models.Tests.Vision;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Shared;
using Brachy.Trees;

namespace Brachy.Models.Tests.Docs;

/// <summary>The code of the part on images of docs/pretrained.md.</summary>
public sealed class VisionDocTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_of_torchvision_classifies_images()
    {
        using var rng = Rng.Scope(0);
        var file = _folder["mobilenet_v3_small.pth"];
        TorchFile.SaveStateDict(file, MobileNetV3.Small(10).Tree);
        var images = Rng.RandInt(0, 256, [2, 3, 80, 60]).to(DType.UInt8);

        var (model, config) = MobileNetV3.FromPretrained(file);
        var preprocess = new ImageClassification(CropSize: 64, ResizeSize: 72);
        var classify = Jit.Compile((Tensor pixels) =>
        {
            var (_, scores) = MobileNetV3.Apply(model, config, preprocess.Apply(pixels));
            return F.softmax(scores, -1);
        });
        var probabilities = classify.Invoke(images); // uint8 [N, 3, height, width]

        Assert.Equal([2, 10], probabilities.shape);
        Assert.Equal(2, (double)F.sum(probabilities), 1e-5);
    }

    [Fact]
    public void Features_and_another_head()
    {
        using var rng = Rng.Scope(0);
        var file = _folder["resnet.safetensors"];
        SafeTensors.Save(file, new ResNet(ResNetBlock.Basic, [1, 1, 1, 1], 10).Tree);
        var images = Rng.Normal([2, 3, 64, 64]);

        var (model, config) = ResNet.FromPretrained(file, classes: 5);
        var features = ResNet.Bind(model, config).Features(images);
        model = model.At("fc").SetNode(new Linear(features.shape[1], 3).Tree);
        var (opt, optConfig) = ParamGroups.Freeze(model, !(PathFilter)"fc.**", head => new AdamW(head));

        var labels = Tensor.FromArray([0L, 2L], [2]);
        var before = model.Copy();
        (opt, model, _) = Optimizer.Step(opt, optConfig, model, m =>
        {
            (m, var scores) = m.Apply(config, images);
            return (m, F.softmax_cross_entropy(scores, labels));
        });
        Assert.Equal([2, 512], features.shape);
        Assert.False((bool)F.all(F.eq((Tensor)before["fc.weight"], (Tensor)model["fc.weight"])));
        Assert.True((bool)F.all(F.eq((Tensor)before["conv1.weight"], (Tensor)model["conv1.weight"])));
    }

    [Fact]
    public void Weights_of_an_ONNX_file_whatever_they_are_called()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");

        var (model, config) = OnnxLayers.Load(() => new ResNet(ResNetBlock.Basic, [2, 2, 2, 3], classes: 0), file);

        Tensor features = model.Apply(config, FormulaWeights.Images(64).to(DType.Float32)).Output;
        Assert.Equal([2, 512], features.shape);
    }
}
