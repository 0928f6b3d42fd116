using Brachy;
using Brachy.IO;
using TorchSharp;

namespace ResNet.Tests;

/// <summary>The networks have pytorch-cifar's params, under its names.</summary>
public class ArchitectureTests
{
    private static readonly float[] s_statistics = [0.5f, 0.45f, 0.4f, 0.2f, 0.25f, 0.3f];

    [Theory]
    [InlineData("resnet18", 11_173_962)]
    [InlineData("resnet34", 21_282_122)]
    [InlineData("resnet50", 23_520_842)]
    [InlineData("resnet101", 42_512_970)]
    [InlineData("resnet152", 58_156_618)]
    [InlineData("preact18", 11_171_146)]
    public void CountsOfParamsAreThoseOfPytorchCifar(string name, long expected)
    {
        using var rng = Rng.Scope(0);
        var tree = Architecture.Named(name).Build().Tree;
        Assert.Equal(expected, tree.GetParams().DistinctTensors().Sum(entry => entry.Tensor.numel()));
        foreach (var (_, tensor) in tree.DistinctTensors())
        {
            tensor.Dispose();
        }
    }

    [Fact]
    public void NamesAreThoseOfPytorchCifar()
    {
        using var rng = Rng.Scope(0);
        var basic = Architecture.Named("resnet18").Build(10, 4).Tree.Tensors().Select(entry => entry.Path).ToHashSet();
        Assert.Superset(
            new HashSet<string>([
                "conv1.weight", "bn1.running_mean", "layer1.0.conv1.weight", "layer2.0.shortcut.0.weight", "layer2.0.shortcut.1.bias",
                "layer4.1.bn2.num_batches_tracked", "linear.bias"
            ]), basic);
        Assert.Equal(122, basic.Count);
        var preAct = Architecture.Named("preact18").Build(10, 4).Tree.Tensors().Select(entry => entry.Path).ToHashSet();
        Assert.Superset(new HashSet<string>(["conv1.weight", "layer1.0.bn1.weight", "layer3.0.shortcut.0.weight"]), preAct);
        Assert.DoesNotContain("bn1.weight", preAct);
        Assert.DoesNotContain("layer3.0.shortcut.1.weight", preAct);
    }

    [Theory]
    [InlineData("resnet18", DType.Float64, 0.01, 1e-12)]
    [InlineData("resnet50", DType.Float64, 0.01, 1e-12)]
    [InlineData("preact18", DType.Float64, 0.01, 1e-12)]
    [InlineData("resnet18", DType.Float32, 0.005, 1e-3)]
    [InlineData("resnet50", DType.Float32, 0.001, 1e-3)]
    [InlineData("preact18", DType.Float32, 0.005, 1e-3)]
    public void LossCurvesAgreeWithTorchSharpFor20Steps(string name, DType dtype, double lr, double tolerance)
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(1);
        var architecture = Architecture.Named(name);
        var (model, config) = architecture.Build(10, 4);
        model = BeginningAsShortcuts(model, architecture.Block).MapParamsBuffers(
            (_, tensor) => tensor.dtype == DType.Float32 ? tensor.to(dtype) : tensor);
        var (opt, optConfig) = new Brachy.Optim.SGD(model, lr, momentum: 0.9, weightDecay: 5e-4);
        using var twin = new TorchSharpResNet(architecture, 10, 4);
        twin.to(dtype == DType.Float64 ? torch.float64 : torch.float32);
        Assert.True(Export.ToTorch(model, twin).IsComplete);
        using var training = new TorchSharpTraining(twin, lr);
        var normalisation = Tensor.FromArray(s_statistics, [2, 3, 1, 1]).to(dtype);
        var losses = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var (pixels, labels) = Batch(i % 2);
            (opt, model, var loss, _) = TrainingSteps.StepJit(
                opt, optConfig, model, config, Tensor.FromArray(pixels, [16, 3, 32, 32]), Tensor.FromArray(labels, [16]), normalisation);
            losses.Add((double)loss);
            Assert.Equal(training.Step(Normalised(pixels, normalisation), torch.tensor(labels)), losses[^1], tolerance);
        }

        Assert.True(losses[^1] < 0.75 * losses[0], $"{losses[0]} to {losses[^1]}");
        var (last, targets) = Batch(0);
        var (sum, correct) = TrainingSteps.EvaluateJit(
            model, config, Tensor.FromArray(last, [16, 3, 32, 32]), Tensor.FromArray(targets, [16]), normalisation);
        twin.eval();
        var scores = twin.call(Normalised(last, normalisation));
        Assert.Equal(torch.nn.functional.cross_entropy(scores, torch.tensor(targets)).ToDouble(), (double)sum / 16, 10 * tolerance);
        Assert.Equal(scores.argmax(1).eq(torch.tensor(targets)).sum().item<long>(), (long)correct);
    }

    [Fact]
    public void UnknownArchitecturesAreRefused() =>
        Assert.Contains("resnet18", Assert.Throws<ArgumentException>(() => Architecture.Named("vgg")).Message, StringComparison.Ordinal);

    /// <summary>
    /// Every branch ends with zeros, so that a block begins as its shortcut (Goyal et al., "Accurate, Large Minibatch SGD", 2017). Other
    /// new networks learn so roughly at first that float32's rounding errors grow from step to step: the loss of ResNet-50 in eager
    /// TorchSharp is 0.008 away from that in float64 after one step, at a learning rate of 0.001.
    /// </summary>
    private static StructureTree BeginningAsShortcuts(StructureTree model, BlockKind kind)
    {
        var last = kind switch { BlockKind.Basic => ".bn2.weight", BlockKind.Bottleneck => ".bn3.weight", _ => ".conv2.weight" };
        return model.MapParamsBuffers((path, tensor) =>
            path.StartsWith("layer", StringComparison.Ordinal) && path.EndsWith(last, StringComparison.Ordinal)
                ? F.zeros(tensor.shape)
                : tensor);
    }

    private static torch.Tensor Normalised(byte[] pixels, Tensor normalisation)
    {
        var statistics = normalisation.AsTorch();
        return ((torch.tensor(pixels).view(-1, 3, 32, 32).to(statistics.dtype) / 255) - statistics[0]) / statistics[1];
    }

    /// <summary>Random pixels, brighter in one colour for each label, so that there is something to learn.</summary>
    private static (byte[] Pixels, long[] Labels) Batch(int seed)
    {
        var random = new Random(seed);
        var (pixels, labels) = (new byte[16 * 3072], new long[16]);
        random.NextBytes(pixels);
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = random.Next(3);
            pixels.AsSpan((i * 3072) + ((int)labels[i] * 1024), 1024).Fill(250);
        }

        return (pixels, labels);
    }
}
