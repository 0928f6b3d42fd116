using Brachy.Compilation;
using Brachy.IO;

namespace Brachy.Tests.Ops;

/// <summary>Values and gradients that PyTorch 1.13 wrote to files.</summary>
public class OpFixtureTests
{
    [Theory]
    [InlineData("op_int_addmm")]
    [InlineData("op_int32_addmm")]
    public void ASumWithAProductOfIntegers(string name)
    {
        var file = Load(name);
        AssertAll(file, x => x["c"] + F.matmul(x["a"], x["b"]));
        AssertAll(file, x => F.matmul(x["a"], x["b"]) + x["c"]);
    }

    [Fact]
    public void NoDifferenceIsXItself() => AssertAll(Load("op_diff_n0"), x => F.diff(x["x"], n: 0, dim: 1, prepend: x["p"]));

    [Fact]
    public void Relu6OfIntegers() => AssertAll(Load("op_relu6_int"), x => F.relu6(x["x"]));

    [Fact]
    public void Relu6HasNoGradientWhereXIsNoNumber()
    {
        var weights = F.arange(1, 10).to(DType.Float64);
        AssertAll(Load("op_relu6_nan_grad"), x => Grad.Of((Tensor t) => F.sum(F.relu6(t) * weights))(x["x"]));
    }

    private static Dictionary<string, Tensor> Load(string name) =>
        TorchFile.Load(Path.Combine(AppContext.BaseDirectory, "Ops", "Fixtures", name + ".pt")).Entries.ToDictionary(
            e => e.Key, e => e.Value.As<Tensor>());

    /// <summary>Eagerly, and compiled by each backend, as far as it has the primitives.</summary>
    private static void AssertAll(Dictionary<string, Tensor> file, Func<Dictionary<string, Tensor>, Tensor> function)
    {
        var expected = file["want"];
        OpCheck.AssertClose(expected, function(file), 0, "eager");
        string[] names = [.. file.Keys.Where(k => k != "want")];
        Tensor[] inputs = [.. names.Select(n => file[n])];
        foreach (var backend in new[] { Backend.Default, Backend.TorchScript, Backend.Interpreter })
        {
            var compiled = Jit.Compile((Tensor[] x) => function(names.Zip(x).ToDictionary(p => p.First, p => p.Second)), backend: backend);
            OpCheck.AssertClose(expected, compiled.Invoke(inputs), 0, $"{backend}");
        }
    }
}
