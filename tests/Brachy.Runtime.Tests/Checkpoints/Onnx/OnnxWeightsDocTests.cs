using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Shared;
using Brachy.Trees;

namespace Brachy.Tests.Checkpoints;

/// <summary>The code of docs/onnx-weights.md.</summary>
public sealed class OnnxWeightsDocTests
{
    [Fact]
    public void TheCodeOfTheDocumentRuns()
    {
        using var rng = Rng.Scope(1);
        using var folder = new TemporaryFolder();
        var file = folder.Write("model.onnx", OnnxBytes.Model(
            new OnnxBytes().Bytes(1, OnnxBytes.Node("Constant", "/Constant_output_0", OnnxBytes.Attribute("value_int").Done())),
            OnnxBytes.Raw("0.bias", 1, [2], TorchZip.Of(1f, 2)),
            OnnxBytes.Raw("onnx::MatMul_12", 1, [3, 2], TorchZip.Of(1f, 2, 3, 4, 5, 6))));

        foreach (var weight in OnnxFile.ReadInfo(file))
        {
            Console.WriteLine($"{weight.Name}: {weight.ElementType} {weight.Shape}{(weight.IsConstant ? ", a constant" : "")}");
        }

        var weights = OnnxFile.ReadWeights(file, names: "0.*" | (PathFilter)"onnx::*");
        Assert.Equal(["0.bias", "onnx::MatMul_12"], weights.Keys);

        var state = new Dictionary<string, Tensor>(weights);
        state.Remove("onnx::MatMul_12", out var product);
        state.Add("0.weight", product!.T);
        var (model, config) = new Sequential(new Linear(3, 2), new ReLU());
        (model, var report) = Import.FromStateDict(model, state);

        Assert.True(report.IsComplete);
        Assert.NotNull(config);
        Assert.Equal([1, 3, 5, 2, 4, 6], model.Submodules["0"].Params["weight"].Tensor.ToArray<float>());

        using var stream = File.OpenRead(file);
        var bias = OnnxFile.ReadWeights(stream, names: "0.bias")["0.bias"];

        Assert.Equal([1, 2], bias.ToArray<float>());
    }
}
