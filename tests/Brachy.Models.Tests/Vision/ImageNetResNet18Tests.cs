using Brachy.Inference;
using Brachy.IO;
using Brachy.Tests.Frozen;
using Brachy.Tests.Shared;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Brachy.Models.Tests.Vision;

/// <summary>
/// ImageNet's ResNet-18 of CNTK, as CNTK has exported it: its weights are called "Parameter91", and it has no head. CNTK's has one block
/// more than others in its last stage. It is a content file of the package Microsoft.ML.DnnImageFeaturizer.ResNet18.
/// </summary>
public class ImageNetResNet18Tests
{
    private static readonly string s_file = Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");
    private static readonly string s_preparation =
        Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNetPrepOnnx", "ResNetPreprocess.onnx");

    [Fact]
    public void Its_features_are_those_of_ONNX_Runtime()
    {
        using var scope = TensorScope.Begin();
        var (model, config, report) = OnnxLayers.Load(() => Network(0), s_file);
        Assert.True(report.IsComplete, report.ToString());
        var images = Prepared(Rendered(3));
        using var session = new InferenceSession(s_file);

        // The file takes one image at a time.
        var expected = Enumerable.Range(0, 3).Select(i => Run(session, F.slice(images, 0, i, i + 1))).ToArray();
        var compiled = Jit.Compile((Tensor x) => (Tensor)model.Apply(config, x).Output);
        AssertClose(expected, model.Apply(config, images).Output);
        AssertClose(expected, compiled.Invoke(images));
        AssertClose(expected[..1], model.Apply(config, F.slice(images, 0, 0, 1)).Output);
        AssertClose(expected[..1], compiled.Invoke(F.slice(images, 0, 0, 1)));

        // Images differ, so that equal features would say nothing.
        Assert.True(Cosine(expected[0], expected[1]) < 0.98);
    }

    [Fact]
    public void Frozen_it_gives_what_the_original_file_gives()
    {
        using var scope = TensorScope.Begin();
        using var folder = new TemporaryFolder();
        var (model, config, _) = OnnxLayers.Load(() => Network(0), s_file);
        var images = Prepared(Rendered(3));
        using var original = new InferenceSession(s_file);
        var expected = Enumerable.Range(0, 3).Select(i => Run(original, F.slice(images, 0, i, i + 1))).ToArray();

        Export.Frozen(folder["resnet18.brachy"], (model, config), [F.zeros([2, 3, 224, 224])], new() { Varying = [new(0, "batch")] });

        var frozen = new LoadedFrozen(FrozenModel.Load(folder["resnet18.brachy"]));
        foreach (var count in (int[])[1, 2, 3])
        {
            AssertClose(expected[..count], frozen.Run(F.slice(images, 0, 0, count))[0]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_it_is_exported_to_gives_what_the_original_file_gives(bool foldWeights)
    {
        using var scope = TensorScope.Begin();
        using var folder = new TemporaryFolder();
        var (model, config, _) = OnnxLayers.Load(() => Network(0), s_file);
        var images = Prepared(Rendered(3));
        using var original = new InferenceSession(s_file);
        var expected = Enumerable.Range(0, 3).Select(i => Run(original, F.slice(images, 0, i, i + 1))).ToArray();
        var file = Path.Combine(folder.Path, "resnet18.onnx");

        Export.Onnx(file, (model, config), [F.zeros([2, 3, 224, 224])], new() { Varying = [new(0, "batch")], FoldWeights = foldWeights });

        using var session = new InferenceSession(file);
        foreach (var count in (int[])[1, 2, 3])
        {
            using var input = OrtValue.CreateTensorValueFromMemory(
                F.slice(images, 0, 0, count).ToArray<float>(), [count, 3, 224, 224]);
            using var run = new RunOptions();
            using var results = session.Run(run, session.InputNames, [input], session.OutputNames);
            AssertClose(expected[..count], Tensor.FromArray(results[0].GetTensorDataAsSpan<float>().ToArray(), [count, 512]));
        }
    }

    [Fact]
    public void A_head_that_the_file_does_not_have_is_reported()
    {
        var error = Assert.Throws<CheckpointException>(() => OnnxLayers.Load(() => Network(1000), s_file));
        Assert.Contains("fc.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("ResNet18.onnx", error.Message, StringComparison.Ordinal);
        var (model, _, report) = OnnxLayers.Load(() => Network(7), s_file, new() { Ignore = "fc.**" });
        Assert.True(report.IsComplete);
        Assert.Equal([7, 512], model["fc.weight"].Tensor.shape);
    }

    [Fact]
    public void A_model_of_other_layers_is_refused()
    {
        var error = Assert.Throws<CheckpointException>(() => OnnxLayers.Load(() => ResNet.ResNet34(0), s_file));
        Assert.Contains("missing: layer1.2.conv1.weight", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<CheckpointException>(() => OnnxLayers.Load(() => ResNet.ResNet18(0), s_file));
        Assert.Contains("unexpected: Parameter14, Parameter10", error.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => OnnxLayers.Load(() => ResNet.ResNet18(0), s_file + ".missing"));
    }

    private static ResNet Network(long classes) => new(ResNetBlock.Basic, [2, 2, 2, 3], classes);

    /// <summary>Discs on gradients, float32 [N, 3, 224, 224] from 0 to 255.</summary>
    private static Tensor Rendered(int count)
    {
        var pixels = new float[count * 3 * 224 * 224];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (image, channel, y, x) = (i / (3 * 224 * 224), i / (224 * 224) % 3, i / 224 % 224, i % 224);
            var distance = Math.Sqrt(Math.Pow(x - 60 - (40 * image), 2) + Math.Pow(y - 110 + (20 * image), 2));
            var ground = ((((channel + image) % 3) * 60) + (x * (1 + channel) / 4) + (y / 3)) % 256;
            pixels[i] = distance < 25 + (15 * image) ? (250 - (90 * ((channel + (2 * image)) % 3))) : ground;
        }

        return Tensor.FromArray(pixels, [count, 3, 224, 224]);
    }

    /// <summary>As the package prepares images: blue first, and the mean image taken off.</summary>
    private static Tensor Prepared(Tensor images) => F.flip(images, 1) - OnnxFile.ReadWeights(s_preparation)["MeanImage"];

    private static float[] Run(InferenceSession session, Tensor image)
    {
        var values = new DenseTensor<float>(image.contiguous().reshape(-1).ToArray<float>(), [1, 3, 224, 224]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(session.InputMetadata.Keys.Single(), values)]);
        return [.. results[0].AsEnumerable<float>()];
    }

    private static void AssertClose(float[][] expected, Tensor actual)
    {
        Assert.Equal([expected.Length, 512], actual.shape);
        for (var i = 0; i < expected.Length; i++)
        {
            var (values, scale) = (F.select(actual, 0, i).ToArray<float>(), expected[i].Max(Math.Abs));
            Assert.True(Cosine(expected[i], values) > 0.99999);
            Assert.All(expected[i].Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * scale));
        }
    }

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));
}
