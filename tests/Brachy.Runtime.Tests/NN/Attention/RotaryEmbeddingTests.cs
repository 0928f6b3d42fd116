using Brachy.Compilation;
using Brachy.NN;
using Brachy.Tests.Ops;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.NN;

/// <summary>Rotary position embedding against complex numbers in plain C#, and by its properties.</summary>
[Trait("Category", "Quick")]
public class RotaryEmbeddingTests
{
    [Theory]
    [InlineData(false, 8, 10_000.0)]
    [InlineData(true, 8, 10_000.0)]
    [InlineData(false, 6, 500.0)]
    [InlineData(true, 4, 500_000.0)]
    public void PairsAreComplexNumbersTurnedByTheirAngles(bool interleaved, int dim, double theta)
    {
        using var rng = Rng.Scope(1);
        var layer = new RotaryEmbedding(dim, theta, interleaved);
        var x = Seeded(1, 2, 3, 5, 8);
        var positions = new long[] { 0, 3, 1, 70_000, 9 };
        var expected = x.ToArray<double>();
        for (var row = 0; row < expected.Length / 8; row++)
        {
            for (var i = 0; i < dim / 2; i++)
            {
                var (first, second) = interleaved ? (2 * i, (2 * i) + 1) : (i, i + (dim / 2));
                var (a, b) = ((row * 8) + first, (row * 8) + second);
                var turned = new System.Numerics.Complex(expected[a], expected[b])
                    * System.Numerics.Complex.FromPolarCoordinates(1, positions[row % 5] * Math.Pow(theta, -2.0 * i / dim));
                (expected[a], expected[b]) = (turned.Real, turned.Imaginary);
            }
        }

        var at = F.tensor(positions);
        var wanted = Tensor.FromArray(expected, x.shape);
        OpCheck.AssertClose(wanted, layer.Call(x, at), 1e-9, "eager");
        foreach (var backend in new[] { Backend.TorchScript, Backend.VectorCode, Backend.Interpreter })
        {
            var compiled = Jit.Compile(
                (Tensor value, Tensor where) => new RotaryEmbedding(dim, theta, interleaved).Call(value, where), backend: backend);
            OpCheck.AssertClose(wanted, compiled.Invoke(x, at), 1e-9, backend.Name);
        }

        // Angles are exact at far positions too, whatever the type of x.
        OpCheck.AssertClose(wanted.to(DType.Float32), layer.Call(x.to(DType.Float32), at.to(DType.Int32)), 1e-5, "float32");
        var half = layer.Call(x.to(DType.BFloat16), at);
        Assert.Equal(DType.BFloat16, half.dtype);
        OpCheck.AssertClose(wanted.to(DType.Float32), half.to(DType.Float32), 0.02, "bfloat16");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ProductsDependOnDistancesOnly(bool interleaved)
    {
        var layer = new RotaryEmbedding(6, interleaved: interleaved);
        var random = new Random(5);
        for (var i = 0; i < 20; i++)
        {
            var (q, k) = (Seeded(i, 1, 8), Seeded(i + 100, 1, 8));
            var (m, n, shift) = (random.Next(500), random.Next(500), random.Next(500));
            double Product(long at, long other) => F.sum(layer.Call(q, At(at)) * layer.Call(k, At(other))).item<double>();
            Assert.Equal(Product(m, n), Product(m + shift, n + shift), 1e-9);
            Assert.Equal(F.sum(q * q).item<double>(), F.sum(F.square(layer.Call(q, At(m)))).item<double>(), 1e-9);
            Assert.Equal(F.sum(q * k).item<double>(), Product(m, m), 1e-9);
        }

        static Tensor At(long position) => F.tensor(position);
    }

    [Fact]
    public void PositionsAreAnOffsetOneRowOrOneForEachSequence()
    {
        var layer = new RotaryEmbedding(4);
        var x = Seeded(1, 2, 3, 6, 4);
        var whole = layer.Call(x);
        OpCheck.AssertClose(whole, layer.Call(x, F.arange(6)), 1e-12, "positions");
        OpCheck.AssertClose(F.narrow(whole, 2, 4, 2), layer.Call(F.narrow(x, 2, 4, 2), F.tensor(4L)), 1e-12, "an offset");
        var each = F.tensor(new[] { 5L, 1, 2, 4 }).reshape(2, 2);
        var y = layer.Call(F.narrow(x, 2, 0, 2), each);
        for (var i = 0; i < 2; i++)
        {
            OpCheck.AssertClose(
                layer.Call(F.narrow(F.select(x, 0, i), 1, 0, 2), F.select(each, 0, i)), F.select(y, 0, i), 1e-12, $"sequence {i}");
        }

        // Elements behind those that are turned stay, and given angles are those that are used.
        var wide = Seeded(2, 6, 9);
        Assert.Equal(F.narrow(wide, 1, 4, 5).ToArray<double>(), F.narrow(layer.Call(wide), 1, 4, 5).ToArray<double>());
        OpCheck.AssertClose(layer.Call(wide), new RotaryEmbedding([1, 0.01]).Call(wide), 1e-12, "angles");
        OpCheck.AssertClose(
            layer.Call(wide, F.arange(6)), new RotaryEmbedding([0.5, 0.005]).Call(wide, F.arange(6) * 2), 1e-12, "half the angles");
    }

    [Fact]
    public void WhatDoesNotFitIsNamed()
    {
        var layer = new RotaryEmbedding(4);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RotaryEmbedding(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RotaryEmbedding(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RotaryEmbedding(4, theta: -1));
        Assert.Throws<ArgumentException>(() => new RotaryEmbedding(Array.Empty<double>()));
        Assert.Throws<ArgumentException>(() => new RotaryEmbedding([1, double.NaN]));
        Assert.Contains("at least 4", Assert.Throws<ShapeException>(() => layer.Call(F.ones([3, 2]))).Message, StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => layer.Call(F.arange(8).reshape(2, 4)));
        Assert.Throws<DTypeException>(() => layer.Call(F.ones([3, 4]), F.ones([3])));
        Assert.Contains(
            "positions is int64[2], but must be [3], [5, 3] or without dims",
            Assert.Throws<ShapeException>(() => layer.Call(F.ones([5, 3, 4]), F.arange(2))).Message, StringComparison.Ordinal);
    }
}
