using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Shared;
using TorchSharp;

namespace Brachy.Tests.TorchScript;

/// <summary>The code of docs/torchscript-export.md.</summary>
public class TorchScriptDocTests
{
    [Fact]
    public void AModel()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "model.pt");
        using var rng = Rng.Scope(seed: 1);
        var (model, config) = new Sequential(new Linear(6, 8), new ReLU(), new Dropout(0.5), new Linear(8, 3));

        Export.TorchScript(file, (model, config.With("train_mode", false)), [F.zeros([1, 6])], new() { Varying = [new(0, "batch")] });

        using var module = torch.jit.load<torch.Tensor, torch.Tensor>(file);
        using var scores = module.call(torch.rand(32, 6));
        Assert.Equal([32, 3], scores.shape);
        Assert.Equal(["0.weight", "0.bias", "3.weight", "3.bias"], module.named_parameters().Select(parameter => parameter.name));
    }

    [Fact]
    public void AFunction()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "function.pt");

        Export.TorchScript(file, (Tensor x, Tensor y) => F.sqrt((x * x) + (y * y)), F.zeros([3]), F.zeros([3]));

        using var program = new LoadedProgram(file);
        var result = program.Run(Tensor.FromArray([3f, 5f, 8f], [3]), Tensor.FromArray([4f, 12f, 15f], [3]))[0];
        Assert.Equal([5f, 13f, 17f], result.ToArray<float>());
    }
}
