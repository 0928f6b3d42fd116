using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.OnnxFiles;
using Brachy.Tests.Shared;
using TorchSharp;

namespace Brachy.Tests.TorchScript;

/// <summary>What a file holds beside values, and what is refused.</summary>
public class TorchScriptFileTests
{
    [Fact]
    public void WeightsAreParametersAndBuffersOfModules()
    {
        using var folder = new TemporaryFolder();
        using var rng = Rng.Scope(seed: 2);
        var (model, config) = new ImageNetwork();
        using var module = LoadedModule(folder, (model, config.With("train_mode", false)), F.zeros([1, 3, 8, 8]));

        Assert.Equal(
            ["features.0.weight", "features.0.bias", "features.1.weight", "features.1.bias", "head.weight", "head.bias"],
            module.named_parameters().Select(parameter => parameter.name));
        Assert.All(module.named_parameters(), parameter => Assert.True(parameter.parameter.requires_grad));
        Assert.Equal(
            ["features.1.running_mean", "features.1.running_var", "features.1.num_batches_tracked"],
            module.named_buffers().Select(buffer => buffer.name));
        Assert.False(module.training);
    }

    [Fact]
    public void AWeightAtTwoPlacesIsStoredOnce()
    {
        using var folder = new TemporaryFolder();
        using var rng = Rng.Scope(seed: 3);
        var (model, config) = new Sequential(new Linear(64, 64, bias: false), new Linear(64, 64, bias: false));
        var single = Save(folder, (model, config), F.zeros([1, 64]));
        model.Submodules["1"].Params["weight"] = model.Submodules["0"].Params["weight"];
        var shared = Save(folder, (model, config), F.zeros([1, 64]));

        Assert.InRange(new FileInfo(single).Length - new FileInfo(shared).Length, 64 * 64 * 4, (64 * 64 * 4) + 1024);
        var x = Rng.Normal([1, 64]);
        using var program = new LoadedProgram(shared);
        Assert.True(F.allclose(Sequential.Apply(model, config, x).Output, program.Run(x)[0], atol: 1e-5).item<bool>());
    }

    [Fact]
    public void GradientsReachTheWeightsOfALoadedProgram()
    {
        using var folder = new TemporaryFolder();
        using var rng = Rng.Scope(seed: 4);
        var (model, config) = new TextNetwork();
        config = config.With("train_mode", false);
        var ids = Rng.RandInt(0, 20, [2, 5]);
        var (_, gradients) = Grad.ValueAndGrad((StructureTree m) =>
        {
            var (_, output) = TextNetwork.Apply(m, config, ids);
            return F.sum(output.Logits * output.Hidden.sum());
        })(model);

        using var module = LoadedModule(folder, (model, config), ids);
        var (logits, hidden) = ((torch.Tensor, torch.Tensor))module.call(ids.AsTorch());
        (logits * hidden.sum()).sum().backward();

        foreach (var (name, parameter) in module.named_parameters())
        {
            Tensor expected = gradients[name];
            var actual = Tensor.FromTorch(parameter.grad!);
            Assert.True(F.allclose(expected, actual, rtol: 1e-4, atol: 1e-3).item<bool>(), $"{name}: {expected}");
        }
    }

    [Fact]
    public void OtherSizesThanThoseOfTheExampleAreRefused()
    {
        using var folder = new TemporaryFolder();
        using var rng = Rng.Scope(seed: 5);
        var (model, config) = new Sequential(new Linear(6, 2));
        using var program = new LoadedProgram(Save(folder, (model, config), F.zeros([4, 6])));

        var sizes = Assert.ThrowsAny<Exception>(() => program.Run(F.zeros([5, 6])));
        Assert.Contains("input must be float32[4, 6].", sizes.Message, StringComparison.Ordinal);
        var type = Assert.ThrowsAny<Exception>(() => program.Run(F.zeros([4, 6], DType.Float64)));
        Assert.Contains("input must be float32[4, 6].", type.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SizesOfOneNameMustBeEqual()
    {
        using var folder = new TemporaryFolder();
        using var rng = Rng.Scope(seed: 6);
        var model = new MaskedAttention();
        var (tree, config) = model;
        var file = Path.Combine(folder.Path, "model.pt");
        Export.TorchScript(
            file, (tree, config.With("train_mode", false)), [F.zeros([2, 3, 8]), F.zeros([2, 3], DType.Bool)],
            new() { Varying = [new(0, "batch", "time"), new(1, "batch", "time")] });
        using var program = new LoadedProgram(file);

        var error = Assert.ThrowsAny<Exception>(() => program.Run(F.zeros([2, 4, 8]), F.zeros([2, 3], DType.Bool)));
        Assert.Contains("All sizes of the name 'time' must be equal.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelThatDependsOnASizeInAnotherWayIsRefused()
    {
        using var folder = new TemporaryFolder();
        var tree = StructureTree.FromFunc((Tensor x) => x.shape[0] % 2 == 0 ? F.exp(x) : F.sin(x));
        var file = Path.Combine(folder.Path, "model.pt");

        var error = Assert.Throws<VaryingSizeException>(
            () => Export.TorchScript(file, (tree, GlobalConfig.Empty), F.zeros([4]), new() { Varying = [new(0, "batch")] }));

        Assert.Contains("'exp'", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void AnInputOfAnotherTypeIsRefused()
    {
        var (model, config) = new Sequential();

        var error = Assert.Throws<ArgumentException>(() => Export.TorchScript("model.pt", (model, config), (F.zeros([1]), F.zeros([1]))));

        Assert.Contains("does not take an input of type (Tensor, Tensor)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ItsWeightsComeBack()
    {
        using var folder = new TemporaryFolder();
        using var rng = Rng.Scope(seed: 7);
        var (model, config) = new ImageNetwork();
        var file = Save(folder, (model, config.With("train_mode", false)), F.zeros([1, 3, 8, 8]));

        var (other, report) = Import.FromStateDict(model.MapParamsBuffers((_, t) => F.zeros_like(t)), TorchFile.LoadStateDict(file));

        Assert.Empty(report.Missing);
        Assert.Empty(StructureTree.Diff(model, other));
    }

    [Fact]
    public void ArgumentsHaveTheNamesThatAreGiven()
    {
        using var folder = new TemporaryFolder();
        using var rng = Rng.Scope(seed: 9);
        var (model, config) = new Sequential(new Linear(6, 2));
        var file = Path.Combine(folder.Path, "model.pt");
        var pixels = F.zeros([4, 6]);
        Export.TorchScript(file, (model, config), [pixels]);
        using (var program = new LoadedProgram(file))
        {
            Assert.Contains("pixels must be float32[4, 6].", Refusal(program), StringComparison.Ordinal);
        }

        Export.TorchScript(file, (model, config), pixels, new() { InputNames = ["image"] });
        using (var program = new LoadedProgram(file))
        {
            Assert.Contains("image must be float32[4, 6].", Refusal(program), StringComparison.Ordinal);
        }

        static string Refusal(LoadedProgram program) => Assert.ThrowsAny<Exception>(() => program.Run(F.zeros([1]))).Message;
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("x1")]
    [InlineData("class")]
    [InlineData("")]
    public void NamesThatNoArgumentCanHaveAreRefused(params string[] names)
    {
        var (model, config) = new Sequential();

        var error = Assert.Throws<ArgumentException>(
            () => Export.TorchScript("model.pt", (model, config), F.zeros([2]), new() { InputNames = names }));

        Assert.Equal(nameof(TorchScriptOptions.InputNames), error.ParamName);
    }

    [Fact]
    public void TreesOfAFunctionAreModules()
    {
        using var folder = new TemporaryFolder();
        using var rng = Rng.Scope(seed: 11);
        var (first, config) = new Sequential(new Linear(6, 3));
        var (second, _) = new Sequential(new Linear(3, 2));
        var x = Rng.Normal([4, 6]);
        var file = Path.Combine(folder.Path, "function.pt");

        Export.TorchScript(
            file,
            (StructureTree encoder, StructureTree head, Tensor x) =>
                Sequential.Apply(head, config, F.tanh(Sequential.Apply(encoder, config, x).Output)).Output,
            first, second, x);

        using var program = new LoadedProgram(file);
        Assert.Equal(["encoder.0.weight", "encoder.0.bias", "head.0.weight", "head.0.bias"], program.Parameters());
        var expected = Sequential.Apply(second, config, F.tanh(Sequential.Apply(first, config, x).Output)).Output;
        Assert.True(F.allclose(expected, program.Run(x)[0], atol: 1e-6).item<bool>());

        Export.TorchScript(
            file, (StructureTree model, Tensor x) => Sequential.Apply(model, config, x).Output, first, x,
            new() { Varying = [new(1, "batch")] });
        using var other = new LoadedProgram(file);
        Assert.Equal(["0.weight", "0.bias"], other.Parameters());
        Assert.True(F.allclose(Sequential.Apply(first, config, x[..1]).Output, other.Run(x[..1])[0], atol: 1e-6).item<bool>());
    }

    [Fact]
    public void TreesInsideOfTuplesAreModulesToo()
    {
        using var folder = new TemporaryFolder();
        using var rng = Rng.Scope(seed: 12);
        var (first, config) = new Sequential(new Linear(6, 3));
        var (second, _) = new Sequential(new Linear(3, 2));
        var (x, file) = (Rng.Normal([4, 6]), folder["function.pt"]);
        Tensor Run((StructureTree Encoder, StructureTree Head) parts, Tensor x) =>
            Sequential.Apply(parts.Head, config, F.tanh(Sequential.Apply(parts.Encoder, config, x).Output)).Output;

        Export.TorchScript(file, ((StructureTree, StructureTree) parts, Tensor x) => Run(parts, x), (first, second), x);
        using (var program = new LoadedProgram(file))
        {
            Assert.Equal(
                ["parts.Item1.0.weight", "parts.Item1.0.bias", "parts.Item2.0.weight", "parts.Item2.0.bias"], program.Parameters());
            Close.Assert(Run((first, second), x), program.Run(x)[0]);
        }

        Export.TorchScript(
            file, ((StructureTree Model, Tensor X) pair) => F.relu(Sequential.Apply(pair.Model, config, pair.X).Output), (first, x));
        using var single = new LoadedProgram(file);
        Assert.Equal(["0.weight", "0.bias"], single.Parameters());
        Close.Assert(F.relu(Sequential.Apply(first, config, x).Output), single.Run(x)[0]);
    }

    [Fact]
    public void AStreamTakesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        using var rng = Rng.Scope(seed: 10);
        var (model, config) = new Sequential(new Linear(6, 2));
        using var stream = new MemoryStream();
        stream.WriteByte(7);
        Export.TorchScript(stream, (model, config), F.zeros([4, 6]));

        Assert.Equal(File.ReadAllBytes(Save(folder, (model, config), F.zeros([4, 6]))), stream.ToArray()[1..]);
    }

    [Fact]
    public void EqualModelsGiveEqualBytes()
    {
        using var folder = new TemporaryFolder();
        byte[][] files = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            using var rng = Rng.Scope(seed: 8);
            var (model, config) = new TextNetwork();
            return File.ReadAllBytes(Save(folder, (model, config.With("train_mode", false)), F.zeros([1, 4], DType.Int64)));
        })];

        Assert.Equal(files[0], files[1]);
    }

    private static torch.jit.ScriptModule LoadedModule<TInput>(
        TemporaryFolder folder, (StructureTree Tree, GlobalConfig Config) model, TInput input) =>
        torch.jit.load(Save(folder, model, input));

    private static string Save<TInput>(TemporaryFolder folder, (StructureTree Tree, GlobalConfig Config) model, TInput input)
    {
        var file = Path.Combine(folder.Path, $"{Directory.GetFiles(folder.Path).Length}.pt");
        Export.TorchScript(file, model, input);
        return file;
    }
}
