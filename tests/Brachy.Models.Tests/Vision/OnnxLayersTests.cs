using System.Runtime.CompilerServices;
using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Shared;

namespace Brachy.Models.Tests.Vision;

/// <summary>Files that PyTorch has exported, with norms that are folded into convolutions and with norms of their own.</summary>
public class OnnxLayersTests
{
    [Theory]
    [InlineData("folded.onnx")]
    [InlineData("whole.onnx")]
    public void Layers_are_found_whatever_their_weights_are_called(string name)
    {
        var (model, config, report) = OnnxLayers.Load(Network, Fixture(name));
        Assert.True(report.IsComplete, report.ToString());
        var numbers = FormulaWeights.Numbers("input", 2 * 3 * 6 * 6);
        Tensor output = model.Apply(config, Tensor.FromArray(Array.ConvertAll(numbers, u => (float)u), [2, 3, 6, 6])).Output;
        var expected = VisionFixture.Numbers("exported.txt")["output"];
        Assert.All(expected.Zip(output.reshape(-1).ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Layers_that_only_one_side_has_are_reported()
    {
        using var rng = Rng.Scope(0);
        var (_, _, report) = OnnxLayers.Load(
            () => new Sequential(new Conv2d(3, 4, 3, bias: false), new BatchNorm2d(4), new Linear(5, 5)), Fixture("whole.onnx"),
            new() { Strict = false });
        Assert.Equal(["2.weight", "2.bias"], report.Missing);
        Assert.NotEmpty(report.Unexpected);
    }

    [Fact]
    public void Damaged_files_are_refused_with_their_path()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(Fixture("whole.onnx"));
        for (var length = 0; length < bytes.Length; length += 97)
        {
            var error = Record.Exception(() => OnnxLayers.Load(Network, folder.Write("cut.onnx", bytes[..length])));
            Assert.Contains("cut.onnx", Assert.IsType<CheckpointException>(error).Message, StringComparison.Ordinal);
        }

        Assert.Throws<FileNotFoundException>(() => OnnxLayers.Load(Network, folder["none.onnx"]));
    }

    private static Sequential Network() => new(
        new Conv2d(3, 4, 3, bias: false), new BatchNorm2d(4), new ReLU(), new Conv2d(4, 4, 3), new BatchNorm2d(4), new Flatten(),
        new Linear(16, 4), new Linear(4, 4, bias: false));

    private static string Fixture(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Fixtures", name);
}
