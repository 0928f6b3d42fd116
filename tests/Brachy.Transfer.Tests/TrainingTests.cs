using Brachy;
using Brachy.Models;
using Brachy.Tests.Shared;

namespace Transfer.Tests;

public sealed class TrainingTests : IDisposable
{
    private static readonly TransferSettings s_settings = new(64, 8, HeadEpochs: 30, Epochs: 1, 0.001, "layer4", Seed: 1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_head_learns_first_and_then_what_is_thawed()
    {
        ImageFiles.TwoClasses(_folder, 6);
        var set = ImageFolder.Find(_folder.Path);
        var training = new TransferTraining(set, s_settings);
        var start = training.Model.MapParamsBuffers((_, tensor) => tensor.clone());

        var steps = 0;
        var (loss, frozen) = training.TrainHead(_ => steps++);
        Assert.Equal(training.Passes, steps);
        Assert.True(loss < 0.2, $"{loss}");
        Assert.Equal(1, frozen);
        Assert.Equal(frozen, training.Evaluate());
        Assert.Equal(["fc.bias", "fc.weight"], Changed(start, training.Model));

        var head = training.Model.MapParamsBuffers((_, tensor) => tensor.clone());
        training.Thaw((_, run) =>
        {
            steps = 0;
            var (thawedLoss, accuracy) = run(_ => steps++);
            Assert.Equal(training.StepsPerEpoch, steps);
            Assert.True(double.IsFinite(thawedLoss));
            Assert.Equal(accuracy, training.Evaluate());
        });
        var changed = Changed(head, training.Model);
        Assert.All(changed, path => Assert.True(path.StartsWith("fc.") || path.StartsWith("layer4."), path));
        Assert.Contains("layer4.0.conv1.weight", changed);
        Assert.Contains("fc.weight", changed);
    }

    [Fact]
    public void All_of_the_trunk_learns_by_default_and_a_saved_network_predicts_the_same()
    {
        ImageFiles.TwoClasses(_folder, 6);
        var set = ImageFolder.Find(_folder.Path);
        var training = new TransferTraining(set, s_settings with { Thaw = "all" });
        training.TrainHead(_ => { });
        var before = training.Model.MapParamsBuffers((_, tensor) => tensor.clone());
        training.Thaw((_, run) => run(_ => { }));
        Assert.Contains("conv1.weight", Changed(before, training.Model));

        var predictor = training.Predictor();
        predictor.Save(_folder["network.safetensors"]);
        var loaded = Predictor.Load(_folder["network.safetensors"]);
        Assert.Equal(1, training.Evaluate());
        foreach (var image in set.HeldOut)
        {
            Assert.Equal(predictor.Predict(image), loaded.Predict(image));
            Assert.Equal(1, predictor.Predict(image).Sum(pair => pair.Probability), 1e-5);
            Assert.Equal(set.Classes[(int)image.Label], loaded.Predict(image)[0].Class);
        }
    }

    /// <summary>Images that are held out have the other label: who were evaluated on those that are learned from would be right.</summary>
    [Fact]
    public void Accuracy_is_that_of_images_that_are_held_out()
    {
        ImageFiles.TwoClasses(_folder, 6);
        var set = ImageFolder.Find(_folder.Path);
        var training = new TransferTraining(
            set with { HeldOut = [.. set.HeldOut.Select(image => image with { Label = 1 - image.Label })] }, s_settings);
        var (_, accuracy) = training.TrainHead(_ => { });
        Assert.Equal(0, accuracy);
        Assert.Equal(0, training.Evaluate());
    }

    /// <summary>Of the weights as they are in the file, without the scale, of blue, green and red without the mean.</summary>
    [Fact]
    public void Features_are_those_of_ImageNets_network()
    {
        var pixels = new byte[2 * 3 * 64 * 64];
        new Random(1).NextBytes(pixels);
        using var rng = Rng.Scope(0); // of the new head
        var (model, config) = ImageNetWeights.Load(classes: 2);
        var mean = ImageNetWeights.Mean();
        var features = TransferSteps.FeaturesJit(
            model, config, Tensor.FromArray(pixels, [2, 3, 64, 64]), Tensor.FromArray(mean, [3, 1, 1]));

        var blueFirst = new float[pixels.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (image, channel, place) = (i / (3 * 64 * 64), i / (64 * 64) % 3, i % (64 * 64));
            blueFirst[((((image * 3) + 2 - channel) * 64) * 64) + place] = pixels[i] - mean[2 - channel];
        }

        var file = Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");
        var (original, settings) = OnnxLayers.Load(() => new ResNet(ResNetBlock.Basic, [2, 2, 2, 3], classes: 0), file);
        var expected = ResNet.Bind(original, settings).Features(Tensor.FromArray(blueFirst, [2, 3, 64, 64]));
        Assert.True((double)F.max(F.abs(expected)) > 0.5);
        Assert.True(F.allclose(expected, features, rtol: 1e-4, atol: 1e-4).item<bool>(), $"{F.max(F.abs(expected - features))}");
        Assert.InRange(mean[0], 100, 108); // of blue
        Assert.InRange(mean[2], 120, 128); // of red
    }

    private static IEnumerable<string> Changed(StructureTree one, StructureTree other) => one.Tensors()
        .Where(t => !(bool)F.all(F.eq(t.Tensor, (Tensor)other[t.Path]))).Select(t => t.Path).Order(StringComparer.Ordinal);
}
