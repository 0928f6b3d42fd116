using Brachy.Compilation;
using Brachy.NN;
using Brachy.Tests.Ops;
using CsCheck;

namespace Brachy.Tests.Lowering.Passes;

/// <summary>What is computed from the factors of outer products.</summary>
public class OuterProductsTests
{
    /// <summary>A product of factors that lack dims, what is done to it, and the dims over which it is summed.</summary>
    private sealed record Program(
        long[] Sizes, int Left, int Right, bool IsSpread, int[] Steps, int Reduced, int Reduction, int Seed)
    {
        public Tensor[] Inputs => [
            Make.Real(Without(Left), DType.Float64, Seed), Make.Real(Without(Right), DType.Float64, Seed + 1),
            Make.Positive(Without(Left), DType.Float64, Seed + 2)];

        public Tensor[] Run(Tensor[] x)
        {
            var value = (IsSpread ? F.expand(x[0], Sizes) : x[0]) * x[1];
            foreach (var step in Steps)
            {
                value = step switch
                {
                    0 => F.square(value),
                    1 => -value,
                    2 when value.shape == (Shape)Sizes => value * x[2],
                    3 when value.shape == (Shape)Sizes => value / x[2],
                    4 => value * 0.5,
                    5 => F.permute(value, [value.ndim - 1, .. Enumerable.Range(0, value.ndim - 1)]),
                    6 when value.ndim > 1 => F.reshape(value, [.. value.shape.Take(value.ndim - 2), value.shape[^1] * value.shape[^2]]),
                    7 when value.shape == (Shape)Sizes => value * value,
                    _ => value,
                };
            }

            long[] dims = [.. Enumerable.Range(0, value.ndim).Where(d => (Reduced >> d & 1) == 1)];
            dims = dims.Length == 0 ? [0] : dims;
            return [Reduction switch
            {
                0 => F.sum(value, dims),
                1 => F.mean(value, dims, keepdim: true),
                2 => F.norm(value, dims),
                _ => value.ndim == 2 ? F.matmul(F.exp(F.arange(value.shape[0], DType.Float64)), value) : F.sum(value),
            }];
        }

        private Shape Without(int mask) => [.. Sizes.Select((size, d) => (mask >> d & 1) == 1 ? 1 : size)];
    }

    private static readonly Gen<Program> s_programs =
        from sizes in Gen.Long[0, 4].Array[2, 4]
        from left in Gen.Int[1, 14]
        from right in Gen.Int[1, 14]
        from spread in Gen.Bool
        from steps in Gen.Int[0, 7].Array[0, 3]
        from reduced in Gen.Int[1, 15]
        from reduction in Gen.Int[0, 3]
        from seed in Gen.Int[1, 1000]
        select new Program(sizes, left, spread ? right : right & ~left, spread, steps, reduced, reduction, seed);

    [Fact]
    [Trait("Category", "Quick")]
    public void ValuesStayTheSame()
    {
        var rewritten = 0;
        s_programs.Sample(
            program =>
            {
                var inputs = program.Inputs;
                var jitted = Jit.Compile<Tensor[], Tensor[]>(program.Run);
                var value = jitted.Invoke(inputs)[0];
                OpCheck.AssertClose(program.Run(inputs)[0], value, 1e-9, $"{program}\n{jitted.Script}");
                using var off = CompilerPasses.Disable("outer products");
                var plain = Jit.Compile<Tensor[], Tensor[]>(program.Run);
                plain.Invoke(inputs);
                rewritten += $"{plain.Graph}" != $"{jitted.Graph}" ? 1 : 0;
            },
            iter: 200, threads: 1);

        Assert.InRange(rewritten, 20, 200);
    }

    [Theory]
    [InlineData(4, 6, 5, 2)]
    [InlineData(1, 6, 5, 1)]
    [InlineData(3, 40, 30, 7)]
    public void BatchesOfMatrixProductsNeedNotExist(long batch, long rows, long columns, long inner)
    {
        Tensor[] inputs = [
            Make.Real([batch, rows, inner], DType.Float64, 1), Make.Real([batch, inner, columns], DType.Float64, 2),
            Make.Positive([batch], DType.Float64, 3)];
        static Tensor[] Function(Tensor[] x)
        {
            var product = F.matmul(x[0], x[1]);
            var all = product.reshape(product.shape[0], -1);
            return [
                F.square(all).sum([1]), F.norm(product, [1, 2]), F.square(product).sum(), F.matmul(x[2], all),
                (product * x[2].reshape(-1, 1, 1)).mean([0]), product.sum([1]), product.sum([0, 2])];
        }

        var jitted = Jit.Compile<Tensor[], Tensor[]>(Function);
        foreach (var (expected, actual) in Function(inputs).Zip(jitted.Invoke(inputs)))
        {
            OpCheck.AssertClose(expected, actual, 1e-10, jitted.Script!);
        }

        if (batch > 1)
        {
            Assert.DoesNotContain($"[{batch}, {rows}, {columns}]", $"{jitted.Graph}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void SquaresOfProductsThatCancelAreNotBelowZero()
    {
        // Terms of 1 and a difference that float32 loses: without care the norm is NaN for some rounding.
        var left = F.cat([F.ones([64, 40, 1]), -F.ones([64, 40, 1])], -1);
        var row = Make.Real([64, 1, 50], DType.Float32, 1);
        var jitted = Jit.Compile((Tensor a, Tensor b) => F.norm(F.matmul(a, b), [1, 2]));
        var norms = jitted.Invoke(left, F.cat([row, row * 1.0000001], 1));
        Assert.True((bool)F.isfinite(norms).all());
        Assert.DoesNotContain("[64, 40, 50]", $"{jitted.Graph}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void ClippedGradientsOfSamplesNeedNotExist(long steps)
    {
        const int Batch = 6;
        using var rng = Rng.Scope(0);
        var (model, config) = new Sequential(
            new Linear(17, 23, dtype: DType.Float64), new Tanh(), new Linear(23, 19, dtype: DType.Float64));
        var x = Make.Real(steps == 0 ? [Batch, 17] : [Batch, steps, 17], DType.Float64, 2);
        Tensor Loss(StructureTree m, Tensor one) => F.square(m.Apply<Tensor, Tensor>(config, one).Output).sum();
        StructureTree Clipped(StructureTree m, Tensor batch)
        {
            var (losses, grads) = Grad.PerSample<Tensor>(Loss)(m, batch);
            var squares = grads.Tensors().Select(g => F.square(g.Tensor).reshape(Batch, -1).sum([1])).Aggregate((a, b) => a + b);
            var scale = F.clamp(0.5 / F.sqrt(squares), max: 1);
            return grads.MapParamsBuffers((_, g) => (scale.reshape([Batch, .. g.shape.Skip(1).Select(_ => 1L)]) * g).mean([0]));
        }

        var jitted = Jit.Compile<StructureTree, Tensor, StructureTree>(Clipped);
        var clipped = jitted.Invoke(model, x);

        var expected = model.MapParamsBuffers((_, weight) => F.zeros_like(weight));
        for (var i = 0; i < Batch; i++)
        {
            var (_, own) = Grad.TreeValueAndGrad((StructureTree m) => Loss(m, x[i]))(model);
            var scale = F.clamp(0.5 / F.sqrt(own.Tensors().Select(g => F.square(g.Tensor).sum()).Aggregate((a, b) => a + b)), max: 1);
            expected = StructureTree.MapParamsBuffers((_, sum, g) => sum + (g * scale / Batch), expected, own);
        }

        foreach (var (path, value) in expected.Tensors())
        {
            OpCheck.AssertClose(value, clipped[path].Tensor, 1e-11, $"{path}\n{jitted.Script}");
        }

        Assert.DoesNotContain("[6, 23, 17]", $"{jitted.Graph}", StringComparison.Ordinal);
        Assert.DoesNotContain("[6, 19, 23]", $"{jitted.Graph}", StringComparison.Ordinal);
    }

    [Fact]
    public void OneVersionServesAllSizesOfABatch()
    {
        static (Tensor, Tensor) Clipped(Tensor left, Tensor right)
        {
            var grads = left.reshape(left.shape[0], 12, 1) * right.reshape(right.shape[0], 1, 9);
            var norms = F.norm(grads.reshape(grads.shape[0], 108), [1]);
            return (F.einsum("b,bij->ij", F.clamp(1 / norms, max: 1), grads), norms);
        }

        var jitted = Jit.Compile<Tensor, Tensor, (Tensor, Tensor)>(Clipped, varying: [new(0, "batch"), new(1, "batch")]);
        foreach (var batch in new[] { 5, 0, 1, 7 })
        {
            var (left, right) = (Make.Real([batch, 12], DType.Float64, batch), Make.Real([batch, 9], DType.Float64, batch + 1));
            var (expected, actual) = (Clipped(left, right), jitted.Invoke(left, right));
            OpCheck.AssertClose(expected.Item1, actual.Item1, 1e-11, $"{batch}\n{jitted.Script}");
            OpCheck.AssertClose(expected.Item2, actual.Item2, 1e-11, $"{batch}\n{jitted.Script}");
        }

        Assert.Equal(1, jitted.CacheCount);
        Assert.DoesNotMatch(@"\[(?!1,)\d+, 12, 9\]", $"{jitted.Graph}");
    }
}
