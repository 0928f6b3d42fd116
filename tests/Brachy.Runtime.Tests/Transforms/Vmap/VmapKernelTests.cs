using Brachy.Extending;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>Batches of products, convolutions, norms and lookups use the kernels that they should.</summary>
public class VmapKernelTests
{
    private const int Samples = 3;

    /// <summary>What all samples share, what each has, and a function of both with the kernels that it is to use, each once.</summary>
    private static readonly Dictionary<
        string, (Shape Shared, Shape Own, Func<Tensor, Tensor, Tensor> Function, string Kernels)> s_uses = new()
        {
            ["linear, own input"] = ([4, 5], [2, 5], (w, x) => F.linear(x, w), "linear"),
            ["linear, own weight"] = ([2, 5], [4, 5], (x, w) => F.linear(x, w), "linear"),
            ["linear of a vector, own weight"] = ([5], [4, 5], (x, w) => F.linear(x, w), "linear"),
            ["matmul, own left"] = ([5, 4], [2, 5], (b, a) => F.matmul(a, b), "matmul"),
            ["matmul, own left beside a batch"] = ([6, 5, 4], [2, 5], (b, a) => F.matmul(a, b), "matmul"),
            ["matmul, own vector beside a batch"] = ([6, 5, 4], [5], (b, a) => F.matmul(a, b), "matmul"),
            ["matmul, own right"] = ([2, 5], [5, 4], F.matmul, "matmul"),
            ["matmul of a batch, own right"] = ([6, 2, 5], [5, 4], F.matmul, "matmul"),
            ["convolution, own input"] = ([4, 3, 2], [2, 3, 6], (w, x) => F.conv1d(x, w), "convolution"),
            ["convolution, own weight"] = ([2, 3, 6], [4, 3, 2], (x, w) => F.conv1d(x, w), "convolution"),
            ["transposed convolution, own weight"] = (
            [2, 3, 6], [3, 4, 2], (x, w) => F.conv_transpose1d(x, w), "convolution"),
            ["layer norm, own input"] = ([5], [2, 5], (w, x) => F.layer_norm(x, [5], w), "layer_norm"),
            ["layer norm, own weight"] = ([2, 5], [5], (x, w) => F.layer_norm(x, [5], w), "layer_norm"),
            ["group norm, own input"] = ([4], [2, 4, 3], (w, x) => F.group_norm(x, 2, w), "group_norm"),
        };

    public static TheoryData<string> Uses => [.. s_uses.Keys];

    /// <summary>One kernel, to which nothing goes that was repeated for each sample.</summary>
    [Theory]
    [MemberData(nameof(Uses))]
    public void OneKernelComputesTheBatch(string name)
    {
        var (sharedShape, ownShape, function, kernels) = s_uses[name];
        using var trace = Trace.BeginGraph("a batch");
        var shared = trace.Argument(new TensorType(sharedShape, DType.Float64), "shared");
        var own = trace.Argument(new TensorType([Samples, .. ownShape], DType.Float64), "own");
        _ = Vmap.Of((Tensor x) => function(shared, x))(own);
        Assert.Equal([kernels], trace.Ops.Where(op => !op.Primitive.IsView && op.Primitive != F.Mul).Select(op => op.Primitive.Name));
        Assert.DoesNotContain(trace.Ops, op => op.Primitive == F.Expand && ReferenceEquals(op.Inputs[0], shared));
    }

    /// <summary>A gradient by a shared weight sums over samples within the product.</summary>
    [Fact]
    public void TheGradientOfASharedWeightIsOneProduct()
    {
        using var trace = Trace.BeginGraph("a batch");
        var w = trace.Argument(new TensorType([4, 5], DType.Float64), "w");
        var x = trace.Argument(new TensorType([Samples, 5], DType.Float64), "x");
        _ = Grad.Of((Tensor own) => F.sum(Vmap.Of((Tensor sample) => F.linear(sample, own))(x)))(w);
        Assert.DoesNotContain(trace.Ops, op => op.Outputs.Any(y => y.shape == Shape.Create([Samples, 4, 5])));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void ARowThatIsNoneOfItsSampleIsFound(long outside)
    {
        var tables = Make.Real([2, 3, 4]);
        foreach (var bad in new[] { 0, 1 })
        {
            var rows = F.tensor(new long[,] { { 0, bad == 0 ? outside : 1 }, { 2, bad == 1 ? outside : 0 } });
            Assert.Throws<NativeOpException>(() => Vmap.Of((Tensor w, Tensor i) => F.embedding(w, i))(tables, rows));
            Assert.Throws<NativeOpException>(() => Vmap.Of((Tensor i) => F.embedding(tables[0], i))(rows));
            Assert.Throws<NativeOpException>(() => Vmap.Of((Tensor w) => F.embedding(w, rows[bad]))(tables));
        }
    }

    [Theory]
    [InlineData(1, 2, false)]
    [InlineData(2, 1, false)]
    [InlineData(0, 6, false)]
    [InlineData(0, 4, true)]
    [InlineData(-1, 5, true)]
    public void OffsetsThatAreWrongForASampleAreFound(long first, long second, bool includesEnd)
    {
        var table = Make.Real([3, 4]);
        var input = F.tensor(new long[] { 0, 1, 2, 0, 1 });
        for (var bad = 0; bad < 3; bad++)
        {
            var offsets = new long[3, 2];
            for (var sample = 0; sample < 3; sample++)
            {
                (offsets[sample, 0], offsets[sample, 1]) = sample == bad ? (first, second) : (0, includesEnd ? 5 : 3);
            }

            Assert.Throws<NativeOpException>(() => Vmap.Of(
                (Tensor own) => F.embedding_bag(input, table, own, include_last_offset: includesEnd))(F.tensor(offsets)));
        }
    }
}
