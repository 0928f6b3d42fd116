namespace Brachy.Tests.Transforms;

/// <summary>Indices of one sample never reach into another.</summary>
public class VmapIndexTests
{
    private static readonly Tensor s_rows = F.tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });

    public static TheoryData<string, long> Outside => new()
    {
        { "gather", 3 }, { "gather", -1 }, { "index_select", 3 }, { "index_select", -1 }, { "index_add", 3 }, { "index_add", -1 },
        { "index", 3 }, { "index", -4 }, { "index_put", 3 }, { "index_put", -4 }, { "scatter", 3 }, { "scatter_add", -1 },
        { "scatter_reduce", 3 },
    };

    [Theory]
    [MemberData(nameof(Outside))]
    public void AnIndexOutsideOfItsSampleIsFound(string op, long outside)
    {
        foreach (var bad in new[] { 0, 1 })
        {
            var indices = F.tensor(new long[,] { { 0, bad == 0 ? outside : 1 }, { 2, bad == 1 ? outside : 0 } });
            Assert.Throws<NativeOpException>(() => Vmap.Of((Tensor x, Tensor i) => Apply(op, x, i))(s_rows, indices));
            if (bad == 0)
            {
                Assert.Throws<NativeOpException>(
                    () => Vmap.Of((Tensor i) => Apply(op, s_rows[0], i))(indices));
                Assert.Throws<NativeOpException>(
                    () => Vmap.Of((Tensor x) => Apply(op, x, indices[0]))(s_rows));
            }
        }
    }

    [Fact]
    public void NegativeIndicesCountFromTheEndOfTheirOwnSample()
    {
        var last = Vmap.Of((Tensor x, Tensor i) => x[i])(s_rows, F.tensor(new long[,] { { -1, 0 }, { -3, -1 } }));
        Assert.Equal([3f, 1, 4, 6], last.ToArray<float>());
    }

    [Fact]
    public void WhatAllSamplesShareIsNotRepeated()
    {
        var (table, a) = (new TensorType([5, 3], DType.Float64), new TensorType([4, 4], DType.Float64));
        AssertNotRepeated([table, new TensorType([2, 7], DType.Int64)], (x, i) => F.index_select(x, 0, i));
        AssertNotRepeated([table, new TensorType([2, 7, 3], DType.Int64)], (x, i) => F.gather(x, 0, i));
        AssertNotRepeated([table, new TensorType([2, 7], DType.Int64)], (x, i) => x[i]);
        AssertNotRepeated([table, new TensorType([2, 5, 7], DType.Float64)], (x, v) => F.searchsorted(x, v));
        AssertNotRepeated([a, new TensorType([2, 4, 3], DType.Float64)], (x, b) => F.linalg.solve(x, b));
        AssertNotRepeated([a, new TensorType([2, 4, 3], DType.Float64)], (x, b) => F.linalg.solve_triangular(x, b, upper: true));
    }

    private static void AssertNotRepeated(TensorType[] types, Func<Tensor, Tensor, Tensor> function)
    {
        using var trace = Trace.BeginGraph("a batch");
        var (shared, own) = (trace.Argument(types[0], "shared"), trace.Argument(types[1], "own"));
        _ = Vmap.Of((Tensor x) => function(shared, x))(own);
        Assert.All(trace.Ops.Where(op => op.Inputs.Contains(shared)), op => Assert.All(
            op.Outputs, result => Assert.False(op.Primitive == F.Expand && result.shape[0] == 2, "what is shared is repeated")));
    }

    private static Tensor Apply(string op, Tensor x, Tensor i) => op switch
    {
        "gather" => F.gather(x, 0, i),
        "index_select" => F.index_select(x, 0, i),
        "index_add" => F.index_add(x, 0, i, x[..2]),
        "index" => x[i],
        "index_put" => F.index_put(x, [i], x[..2]),
        "scatter" => F.scatter(x, 0, i, x[..2]),
        "scatter_add" => F.scatter_add(x, 0, i, x[..2]),
        "scatter_reduce" => F.scatter_reduce(x, 0, i, x[..2], "amax"),
        _ => throw new ArgumentException(op),
    };
}
