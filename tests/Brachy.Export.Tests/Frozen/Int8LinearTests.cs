using System.Runtime.InteropServices;
using Brachy.Compilation;
using Brachy.Inference;
using CsCheck;

namespace Brachy.Tests.Frozen;

/// <summary>Layers with weights of 8 bits against plain loops over the integers that they stand for.</summary>
public class Int8LinearTests
{
    [Fact]
    public void ALayerComputesWhatPlainLoopsCompute() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 200], Gen.Int[1, 90], Gen.Int[1, 1_000_000], Gen.Bool)
            .Sample((rows, inner, outputs, seed, hasBias) => Check(rows, inner, outputs, seed, hasBias), iter: 150, threads: 1);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 65, 5)]
    [InlineData(4, 65, 5)]
    [InlineData(2, 4096, 301)]
    [InlineData(9, 1024, 300)]
    [InlineData(300, 130, 70)]
    public void ALayerOfParts(int rows, int inner, int outputs) => Check(rows, inner, outputs, rows + inner, hasBias: true);

    [Fact]
    public void TheLargestIntegersHaveRoom()
    {
        const int Inner = 65_536;
        foreach (var rows in new[] { 2, 5 })
        {
            var values = new float[rows * Inner];
            values.AsSpan(0, Inner).Fill(2);
            values.AsSpan(Inner).Fill(-2);
            var weights = new sbyte[2 * Inner];
            weights.AsSpan(0, Inner).Fill(127);
            weights.AsSpan(Inner).Fill(-127);
            var result = Run(rows, Inner, 2, values, weights, [1, 1], null);
            for (var row = 0; row < rows; row++)
            {
                var expected = (row == 0 ? 2f : -2f) * 127 * Inner;
                Assert.Equal(expected, result[2 * row], Math.Abs(expected) * 1e-6);
                Assert.Equal(-expected, result[(2 * row) + 1], Math.Abs(expected) * 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void RowsThatHaveNoIntegers(int rows)
    {
        const int Inner = 70;
        float[][] cases =
        [
            [float.NaN], [float.PositiveInfinity], [float.NegativeInfinity, 1], [0, 0], [1e-45f, -3e-42f],
            [float.MaxValue, -float.MaxValue], [5, 5, 5], [-0f],
        ];
        foreach (var values in cases)
        {
            var x = new float[rows * Inner];
            values.CopyTo(x.AsSpan((rows - 1) * Inner + 3));
            var weights = new sbyte[Inner];
            weights.AsSpan().Fill(1);
            var result = Run(rows, Inner, 1, x, weights, [0.5f], [0.25f]);

            // Other rows have nothing of it.
            Assert.All(result[..^1], value => Assert.Equal(0.25f, value));
            var expected = values.Any(value => !float.IsFinite(value)) ? float.NaN : (values.Sum(value => (double)value) * 0.5) + 0.25;
            var largest = values.Max(Math.Abs);
            Assert.Equal(expected, result[^1], double.IsNaN(expected) ? 0 : (largest * 0.02) + 1e-6);
        }
    }

    [Fact]
    public void ARowIsTheSameAmongOthers()
    {
        var (x, weights, scales, bias) = Values(50, 100, 37, 8);
        var all = Run(50, 100, 37, x, weights, scales, bias);
        foreach (var (start, count) in new[] { (0, 1), (10, 3), (20, 4), (31, 17) })
        {
            var some = Run(count, 100, 37, x[(start * 100)..((start + count) * 100)], weights, scales, bias);
            Assert.Equal(all[(start * 37)..((start + count) * 37)], some);
        }
    }

    [Fact]
    public void WhatFollowsIsDoneWithIt()
    {
        var (x, weights, scales, bias) = Values(21, 50, 34, 9);
        var plain = Run(21, 50, 34, x, weights, scales, bias);
        var term = x.Concat(x).Take(plain.Length).ToArray();
        var finished = Run(21, 50, 34, x, weights, scales, bias, (model, linear) => model.Apply(
            "relu", [model.Apply("add", [model.Weight("term", DType.Float32, [21, 34]), linear])]), term);
        Assert.All(plain.Zip(term, finished), of => Assert.Equal(Math.Max(of.First + of.Second, 0), of.Third, 1e-4));
    }

    [Fact]
    public void OperandsThatDoNotFitAreRefused()
    {
        var model = new FrozenBuilder();
        var x = model.Input("x", DType.Float32, [2, 8]);
        var weight = model.Weight("w", DType.Int8, [3, 8]);
        var scales = model.Weight("s", DType.Float32, [3]);
        var twice = model.Input("twice", DType.Float64, [2, 8]);
        var wide = model.Input("wide", DType.Float32, [2, 65_537]);
        var wideWeight = model.Weight("wide weight", DType.Int8, [3, 65_537]);
        FrozenValue[][] wrong =
        [
            [x, weight], [x, scales, weight], [twice, weight, scales], [x, model.Weight("v", DType.Float32, [3, 8]), scales],
            [x, model.Weight("u", DType.Int8, [3, 7]), scales], [x, weight, model.Weight("t", DType.Float32, [2])],
            [x, weight, scales, model.Weight("b", DType.Float32, [3, 1])], [x, weight, scales, scales, scales],
            [1.0, weight, scales], [wide, wideWeight, scales],
        ];
        Assert.All(wrong, operands => Assert.Throws<ShapeException>(() => model.Apply("linear_int8", operands)));
        Assert.Contains(
            "float32, float64, int64 or bool", Assert.Throws<ArgumentException>(() => model.Input("i", DType.Int8, [2])).Message,
            StringComparison.Ordinal);

        // No other kernel takes them.
        var other = new FrozenBuilder();
        other.Output("y", other.Apply("neg", [other.Weight("w", DType.Int8, [4])]));
        Assert.Contains("neg", Assert.Throws<FrozenModelException>(() => other.Load(new byte[4])).Message, StringComparison.Ordinal);
    }

    private static void Check(int rows, int inner, int outputs, int seed, bool hasBias)
    {
        var (x, weights, scales, bias) = Values(rows, inner, outputs, seed);
        var actual = Run(rows, inner, outputs, x, weights, scales, hasBias ? bias : null);
        for (var row = 0; row < rows; row++)
        {
            var values = x.AsSpan(row * inner, inner).ToArray();
            double least = Math.Min(0, values.Min()), greatest = Math.Max(0, values.Max());
            var step = (greatest - least) / 255;
            for (var output = 0; output < outputs; output++)
            {
                // Within half a step of each value: rounding to the nearest may go either way in the middle.
                double exact = hasBias ? bias[output] : 0, room = Math.Abs(exact) * 1e-6;
                for (var i = 0; i < inner; i++)
                {
                    var weight = (double)weights[(output * inner) + i] * scales[output];
                    exact += values[i] * weight;
                    room += step * 0.501 * Math.Abs(weight);
                }

                var sum = Enumerable.Range(0, inner).Sum(i => weights[(output * inner) + i]);
                var zeroError = step * 0.501 * Math.Abs(sum * scales[output]);
                Assert.InRange(actual[(row * outputs) + output], exact - room - zeroError - 1e-6, exact + room + zeroError + 1e-6);
            }

            CheckIntegers(values, row, outputs, inner, weights, scales, hasBias ? bias : null, actual);
        }
    }

    /// <summary>The same sums over the integers, each to a few units of rounding.</summary>
    private static void CheckIntegers(
        float[] values, int row, int outputs, int inner, sbyte[] weights, float[] scales, float[]? bias, float[] actual)
    {
        var (least, greatest) = (Math.Min(0, values.Min()), Math.Max(0, values.Max()));
        var scale = (greatest / 255f) - (least / 255f);
        var factor = 1 / scale;
        var zero = (int)Math.Clamp(MathF.Round(-least * factor), 0, 255);
        int[] integers = [.. values.Select(value => (int)Math.Clamp(MathF.Round(value * factor) + zero, 0, 255))];
        for (var output = 0; output < outputs; output++)
        {
            var sum = 0L;
            for (var i = 0; i < inner; i++)
            {
                sum += (integers[i] - zero) * weights[(output * inner) + i];
            }

            var expected = ((double)sum * scale * scales[output]) + (bias?[output] ?? 0);
            Assert.Equal(expected, actual[(row * outputs) + output], (Math.Abs(expected) * 1e-5) + 1e-6);
        }
    }

    private static (float[] X, sbyte[] Weights, float[] Scales, float[] Bias) Values(int rows, int inner, int outputs, int seed)
    {
        var random = new Random(seed);
        float[] x = [.. Enumerable.Range(0, rows * inner).Select(_ => (random.NextSingle() * 4) - (seed % 3))];
        sbyte[] weights = [.. Enumerable.Range(0, outputs * inner).Select(_ => (sbyte)random.Next(-127, 128))];
        float[] scales = [.. Enumerable.Range(0, outputs).Select(_ => random.NextSingle() / 64)];
        return (x, weights, scales, [.. Enumerable.Range(0, outputs).Select(_ => random.NextSingle() - 0.5f)]);
    }

    private static float[] Run(
        int rows, int inner, int outputs, float[] x, sbyte[] weights, float[] scales, float[]? bias,
        Func<FrozenBuilder, FrozenValue, FrozenValue>? then = null, float[]? term = null)
    {
        var model = new FrozenBuilder();
        var input = model.Input("x", DType.Float32, [rows, inner]);
        FrozenValue[] operands =
        [
            input, model.Weight("w", DType.Int8, [outputs, inner]), model.Weight("s", DType.Float32, [outputs]),
            .. bias is null ? Array.Empty<FrozenValue>() : [model.Weight("b", DType.Float32, [outputs])],
        ];
        var linear = model.Apply("linear_int8", operands);
        model.Output("y", then?.Invoke(model, linear) ?? linear);
        var loaded = model.Load(
            [.. MemoryMarshal.AsBytes<sbyte>(weights), .. Bytes(scales), .. Bytes(bias ?? []), .. Bytes(term ?? [])], null,
            new() { Threads = 2 });
        var result = new float[rows * outputs];
        loaded.Run<float, float>(x, result);
        return result;
    }

    private static ReadOnlySpan<byte> Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values);
}
