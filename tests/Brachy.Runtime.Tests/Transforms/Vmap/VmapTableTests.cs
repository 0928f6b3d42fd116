using Brachy.Extending;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>Every row of <see cref="OpSamples"/> for a batch equals a loop over the samples.</summary>
public class VmapTableTests
{
    private const int Samples = 3;

    private static readonly Dictionary<string, OpSample> s_rows = OpSamples.All.ToDictionary(s => s.ToString());

    public static TheoryData<string> All => [.. s_rows.Keys];

    public static TheoryData<string> Differentiable => [.. s_rows.Values.Where(OpCheck.HasGradient).Select(s => s.ToString())];

    [Theory]
    [MemberData(nameof(All))]
    public void EachOperandAloneAndAllTogetherEqualTheLoop(string row)
    {
        var sample = VmapRow.Of(s_rows[row], Samples);
        var choices = sample.Tensors.Length > 1
            ? sample.Tensors.Take(6).Select(i => new[] { i }).Append(sample.Tensors)
            : [sample.Tensors];
        foreach (var batched in choices.Where(batched => batched.Length > 0))
        {
            var expected = Loop(sample, batched, Samples);
            var mapped = Vmap.Of(sample.FunctionOf(batched), randomness: Randomness.Same);
            AssertClose(expected, mapped(sample.Stacked(batched, Samples)), row, $"operands {string.Join(", ", batched)}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ABatchOfNoneAndOfOneEqualTheLoop(string row)
    {
        var sample = VmapRow.Of(s_rows[row], 1);
        if (sample.Tensors.Length == 0)
        {
            return;
        }

        var mapped = Vmap.Of(sample.FunctionOf(sample.Tensors), randomness: Randomness.Same);
        var one = Loop(sample, sample.Tensors, 1);
        AssertClose(one, mapped(sample.Stacked(sample.Tensors, 1)), row, "a batch of one");
        var none = mapped(sample.Stacked(sample.Tensors, 0));
        Assert.Equal(one.Select(r => r.Type.WithShape([0, .. r.shape.Skip(1)])), none.Select(r => r.Type));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void NestedBatchesEqualTheLoop(string row)
    {
        var sample = VmapRow.Of(s_rows[row], Samples);
        if (sample.Tensors.Length == 0)
        {
            return;
        }

        // The outer batch is of operand 0 alone, the inner one of the others too.
        var (outer, inner) = (sample.Tensors[..1], sample.Tensors[1..]);
        if (inner.Length == 0)
        {
            (outer, inner) = ([], sample.Tensors);
        }

        var function = sample.FunctionOf([.. outer, .. inner]);
        var nested = Vmap.Of(
            (Tensor[] first) => Vmap.Of((Tensor[] others) => function([.. first, .. others]), randomness: Randomness.Same)(
                sample.Stacked(inner, Samples)),
            axisSize: Samples, randomness: Randomness.Same);
        var actual = nested(sample.Stacked(outer, Samples));
        for (var i = 0; i < Samples; i++)
        {
            var rows = Enumerable.Range(0, Samples).Select(k => sample.Compute(
                [.. sample.OperandsOf(0, []).Select((x, at) => outer.Contains(at) ? sample.OperandsOf(i, outer)[at]
                    : inner.Contains(at) ? sample.OperandsOf(k, inner)[at] : x)])).ToArray();
            Tensor[] expected = [.. rows[0].Select((_, r) => F.stack([.. rows.Select(own => own[r])]))];
            AssertClose(expected, [.. actual.Select(r => F.select(r, 0, i))], row, $"outer sample {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void GradientsOfABatchEqualThoseOfTheLoop(string row)
    {
        var sample = VmapRow.Of(s_rows[row], Samples);
        var by = OpCheck.DifferentiableInputs(s_rows[row], sample.OperandsOf(0, []));
        var weights = OpCheck.Weights(Loop(sample, by, Samples), seed: 11);
        var stacked = sample.Stacked(by, Samples);

        var (_, ofBatch) = Pullback.Differentiate(
            stacked, Vmap.Of(sample.FunctionOf(by), randomness: Randomness.Same), results => (results, weights));
        Tensor?[] WeightsOf(int k) => Array.ConvertAll(weights, w => w is null ? null : F.select(w, 0, k));
        var rows = Enumerable.Range(0, Samples).Select(k => Pulled(
            sample, by, [.. stacked.Select(x => F.select(x, 0, k))], WeightsOf(k))).ToArray();
        Tensor[] expected = [.. by.Select((_, i) => F.stack([.. rows.Select(own => own[i])]))];
        AssertClose(expected, [.. ofBatch.Select((g, i) => g ?? F.zeros_like(stacked[i]))], row, "gradient of the batch");

        var given = Enumerable.Range(0, weights.Length).Where(i => weights[i] is not null).ToArray();
        var batchOf = Vmap.Of(
            (Tensor[] x, Tensor[] g) =>
            {
                var own = new Tensor?[weights.Length];
                for (var k = 0; k < given.Length; k++)
                {
                    own[given[k]] = g[k];
                }

                return Pulled(sample, by, x, own);
            },
            randomness: Randomness.Same);
        AssertClose(expected, batchOf(stacked, [.. given.Select(i => weights[i]!)]), row, "batch of gradients");
    }

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void TangentsOfABatchEqualThoseOfTheLoop(string row)
    {
        var sample = VmapRow.Of(s_rows[row], Samples);
        var by = OpCheck.DifferentiableInputs(s_rows[row], sample.OperandsOf(0, []));
        var stacked = sample.Stacked(by, Samples);
        Tensor[] directions = [.. OpCheck.Weights(stacked, seed: 23).Select(d => d!)];
        var rows = Enumerable.Range(0, Samples).Select(k => Pushed(
            sample, by, [.. stacked.Select(x => F.select(x, 0, k))], [.. directions.Select(d => F.select(d, 0, k))])).ToArray();
        var moving = Enumerable.Range(0, rows[0].Length).Where(r => rows[0][r] is not null).ToArray();
        Tensor[] expected = [.. moving.Select(r => F.stack([.. rows.Select(own => own[r]!)]))];

        var (_, ofBatch) = Pushforward.Differentiate(
            stacked, directions, Vmap.Of(sample.FunctionOf(by), randomness: Randomness.Same), results => results);
        Assert.Equal(moving, Enumerable.Range(0, ofBatch.Length).Where(r => ofBatch[r] is not null));
        AssertClose(expected, [.. moving.Select(r => ofBatch[r]!)], row, "derivative of the batch");

        var batchOf = Vmap.Of(
            (Tensor[] x, Tensor[] d) =>
            {
                var tangents = Pushed(sample, by, x, d);
                return moving.Select(r => tangents[r]!).ToArray();
            },
            randomness: Randomness.Same);
        AssertClose(expected, batchOf(stacked, directions), row, "batch of derivatives");
    }

    private static Tensor?[] Pushed(VmapRow sample, int[] by, Tensor[] x, Tensor[] directions) =>
        Pushforward.Differentiate(x, directions, sample.FunctionOf(by), results => results).Tangents;

    private static Tensor[] Pulled(VmapRow sample, int[] by, Tensor[] x, Tensor?[] cotangents)
    {
        var (_, gradients) = Pullback.Differentiate(x, sample.FunctionOf(by), results => (results, cotangents));
        return [.. gradients.Select((g, i) => g ?? F.zeros_like(x[i]))];
    }

    private static Tensor[] Loop(VmapRow sample, int[] batched, int count)
    {
        var rows = Enumerable.Range(0, count).Select(k => sample.Compute(sample.OperandsOf(k, batched))).ToArray();
        return [.. rows[0].Select((_, r) => F.stack([.. rows.Select(own => own[r])]))];
    }

    private static void AssertClose(Tensor[] expected, Tensor[] actual, string row, string what)
    {
        Assert.Equal(expected.Select(r => r.Type), actual.Select(r => r.Type));
        for (var i = 0; i < expected.Length; i++)
        {
            OpCheck.AssertClose(
                expected[i], actual[i], Math.Max(1e-9, 4 * s_rows[row].RoundingFactor * OpCheck.Rounding(expected[i].dtype)),
                $"{row}, {what}, result {i}");
        }
    }
}
