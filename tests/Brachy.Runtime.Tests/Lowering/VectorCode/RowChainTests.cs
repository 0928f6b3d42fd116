using Brachy.Compilation;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Lowering;

/// <summary>Steps that are done block by block of rows: what is put together, and what memory it needs.</summary>
public class RowChainTests
{
    private const int Rows = 512;
    private const int Size = 256;

    private static readonly (string Name, int Steps, Func<Tensor, Tensor, Tensor[]> Function)[] s_chains =
    [
        ("one function after the other", 1, (x, _) => [F.tanh(F.exp(F.sin(x)) * 0.1)]),
        ("rows, and a number of each", 1, (x, _) => [x / F.sum(F.exp(x), [-1], keepdim: true)]),
        ("a row for all rows", 1, (x, row) => [F.layer_norm((x + row) * row, [Size])]),
        ("norms, then functions of elements", 1, (x, row) => [F.gelu(F.layer_norm(x, [Size]) + row) + x]),
        ("what is read later", 3, (x, row) =>
        {
            var y = F.exp(x);
            return [F.matmul(F.tanh(y), F.abs(row)), y * 2];
        }),
        ("a chain that a product ends", 3, (x, row) =>
        {
            var y = F.softmax(x * 2, -1);
            return [F.tanh(F.matmul(y, F.expand(F.unsqueeze(row, 1), [Size, 40])) + 1)];
        }),
        ("columns of what was made of rows", 2, (x, _) =>
        {
            var y = F.exp(x);
            return [F.sin(F.contiguous(F.slice(y, 1, 0, 32))) + 1];
        }),
        ("a row of what was made of rows", 2, (x, _) =>
        {
            var y = F.exp(x);
            return [y * F.select(y, 0, 3)];
        }),
        ("truth values", 1, (x, row) => [F.where(F.logical_and(F.gt(x, row), F.lt(x, 0.5)), x, x * 0.5)]),
        ("a turned value", 2, (x, _) => [F.tanh(F.contiguous(F.permute(F.exp(x), 1, 0)))]),
        ("other element types", 1, (x, _) => [(x.to(DType.Float64) * 3).to(DType.Float32) + 1]),
        ("the same values in another shape", 1, (x, _) => [F.softmax(F.reshape(F.exp(x), [2 * Rows, Size / 2]), -1)]),
        ("rows of two sizes", 1, (x, _) => [F.softmax(F.reshape(F.softmax(x, -1), [Size, Rows]), -1)]),
        ("rows that do not come together", 2, (x, _) =>
            [F.softmax(F.reshape(F.softmax(F.slice(x, 0, 0, 500), -1), [Size, 500]), -1)]),
        ("largest elements", 1, (x, _) => [F.argmax(F.exp(x), -1), F.amax(x * 2, [-1])]),
        ("an odd number of rows", 1, (x, _) => [F.softmax(F.sin(F.slice(x, 0, 0, Rows - 3)), -1)]),
    ];

    public static TheoryData<string> Names => [.. s_chains.Select(chain => chain.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void ChainsComputeWhatTheirStepsCompute(string name)
    {
        var (_, steps, function) = s_chains.Single(chain => chain.Name == name);
        using var rng = Rng.Scope(3);
        var (x, row) = (Rng.Normal([Rows, Size]), Rng.Normal([Size]));
        var vector = Jit.Compile(function, backend: Backend.VectorCode);
        var results = vector.Invoke(x, row);
        var expected = Jit.Compile(function, backend: Backend.TorchScript).Invoke(x, row);
        for (var i = 0; i < expected.Length; i++)
        {
            OpCheck.AssertClose(expected[i], results[i], 2e-6, $"{name}, result {i}");
        }

        Assert.Equal(steps, Program(vector.Graph!).Steps.Count);
    }

    [Fact]
    public void ValuesInsideNeedNoMoreMemoryThanABlock()
    {
        var vector = Jit.Compile(
            (Tensor x) => Enumerable.Range(0, 20).Aggregate(x, (y, i) => F.sin(y) + (x * i)), backend: Backend.VectorCode);
        vector.Invoke(F.ones([4 * Rows, Size]));
        var bytes = 4 * Rows * Size * sizeof(float);
        Assert.InRange(Program(vector.Graph!).ScratchBytes, 1, (Environment.ProcessorCount + 1) * bytes / 8);
    }

    [Fact]
    public void LongChainsNeedLittleMemory()
    {
        var vector = Jit.Compile(
            (Tensor x) => Enumerable.Range(0, 3000).Aggregate(x, (y, i) => F.sin(y) + i), backend: Backend.VectorCode);
        vector.Invoke(F.ones([Rows, Size]));
        var bytes = Rows * Size * sizeof(float);
        Assert.InRange(Program(vector.Graph!).ScratchBytes, 1, 8 * bytes);
    }

    [Fact]
    public void GivenAwayInputsAreOverwrittenBlockByBlock()
    {
        var function = (Tensor state, Tensor x) => (state * 0.9) + F.exp(state + x);
        using var rng = Rng.Scope(4);
        var (state, x) = (Rng.Normal([Rows, Size]), Rng.Normal([Rows, Size]));
        var expected = function(state, x);
        var vector = Jit.Compile(function, donate: [0], backend: Backend.VectorCode);
        OpCheck.AssertClose(expected, vector.Invoke(F.clone(state), x), 2e-6, "given away");
        OpCheck.AssertClose(expected, vector.Invoke(F.clone(state), x), 2e-6, "given away again");
    }

    /// <summary>The parts are cut by sizes alone.</summary>
    [Fact]
    public void TheNumberOfThreadsDoesNotChangeABit()
    {
        using var rng = Rng.Scope(5);
        var (x, row) = (Rng.Normal([Rows, Size]), Rng.Normal([Size]));
        var vector = Jit.Compile(
            (Tensor[] inputs) => Grad.Of((Tensor[] p) => F.gelu(F.layer_norm(p[0], [Size], p[1])).sum())(inputs),
            backend: Backend.VectorCode);
        float[] Run() => [.. vector.Invoke([x, row]).SelectMany(result => result.ToArray<float>())];
        var all = Run();
        var before = TorchSharp.torch.get_num_threads();
        try
        {
            TorchSharp.torch.set_num_threads(1);
            Assert.Equal(all, Run());
        }
        finally
        {
            TorchSharp.torch.set_num_threads(before);
        }
    }

    private static VectorProgram Program(Graph graph) =>
        VectorCompiler.Compile(Routines.Of(graph, MemoryPlan.Make(graph, new bool[graph.Inputs.Count])), TrainingKernels.All).Program!;
}
