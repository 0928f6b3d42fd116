using System.Numerics;
using Brachy.Compilation;
using CsCheck;

namespace Brachy.Tests.Lowering;

/// <summary>
/// Convolutions by each kind of tiles, of random sizes, against sums in float64; with the same bits by all kinds and numbers of threads;
/// and nothing beside the result and the scratch memory is written.
/// </summary>
public class ConvolutionKernelTests
{
    /// <summary>A dim of any convolution, with a result or without.</summary>
    internal static readonly Gen<ConvolvedDim> AnyDim =
        from size in Gen.Int[1, 12]
        from kernel in Gen.Int[1, 4]
        from stride in Gen.Int[1, 3]
        from padding in Gen.Int[0, 3]
        from dilation in Gen.Int[1, 2]
        select Dim(size, kernel, stride, padding, dilation);

    private static readonly Gen<ConvolvedDim> s_small =
        from size in Gen.Int[1, 11]
        from padding in Gen.Int[0, 2]
        select Dim(size, 3, 1, padding, 1);

    private static readonly Gen<Case> s_any = Cases(AnyDim, Gen.Int[1, 3]);

    private static readonly Gen<Case> s_winograd = Cases(s_small, Gen.Const(1));

    [Fact]
    public void AnyOfFloat32() => s_any.Sample(of => Check<float>(of, 1e-4), iter: 200);

    [Fact]
    public void AnyOfFloat64() => s_any.Sample(of => Check<double>(of, 1e-12), iter: 200);

    [Fact]
    public void WinogradsMethodOfFloat32() => s_winograd.Sample(of => CheckWinograd<float>(of, 1e-4), iter: 200);

    [Fact]
    public void WinogradsMethodOfFloat64() => s_winograd.Sample(of => CheckWinograd<double>(of, 1e-12), iter: 200);

    private static Gen<Case> Cases(Gen<ConvolvedDim> dims, Gen<int> groups) =>
        from y in dims
        from x in dims
        from images in Gen.Int[1, 3]
        from g in groups
        from channels in Gen.Int[1, 24]
        from outputs in Gen.Int[1, 40]
        from hasTerm in Gen.Bool
        from isRelu in Gen.Bool
        from seed in Gen.Int
        where y.Result > 0 && x.Result > 0
        select new Case(new(images, g * channels, g * outputs, g, y, x), hasTerm, isRelu, seed);

    private static ConvolvedDim Dim(int size, int kernel, int stride, int padding, int dilation)
    {
        var free = size + (2 * padding) - (dilation * (kernel - 1)) - 1;
        return new(size, kernel, stride, padding, dilation, free < 0 ? 0 : (free / stride) + 1);
    }

    private static void Check<T>(Case of, double tolerance)
        where T : unmanaged, INumber<T>
    {
        var data = new Data<T>(of);
        var joins = of.Size is { Groups: 1, X: { Padding: 0, Dilation: 1 } };
        foreach (var joinsColumns in joins ? new[] { false, true } : [false])
        {
            var first = Direct<T, Tile512>(data, joinsColumns);
            data.RequireClose(first, tolerance);
            Assert.Equal(first, Direct<T, Tile256>(data, joinsColumns));
            Assert.Equal(first, Direct<T, Tile128>(data, joinsColumns));
        }

        if (DepthwiseProduct.Fits(of.Size))
        {
            data.RequireClose(Depthwise(data), tolerance);
        }
    }

    private static void CheckWinograd<T>(Case of, double tolerance)
        where T : unmanaged, INumber<T>
    {
        var data = new Data<T>(of);
        var first = Winograd<T, Tile512>(data, 1);
        data.RequireClose(first, tolerance);
        Assert.Equal(first, Winograd<T, Tile512>(data, 2));
        Assert.Equal(first, Winograd<T, Tile256>(data, 1));
        Assert.Equal(first, Winograd<T, Tile128>(data, 3));
    }

    private static unsafe T[] Direct<T, TTile>(Data<T> data, bool joinsColumns)
        where T : unmanaged, INumber<T>
        where TTile : struct, ITile
    {
        var size = data.Of.Size;
        return Run(
            data, (int)ImageProduct.PackedLength<T, TTile>(size), ImageProduct.ScratchLength<T, TTile>(size, joinsColumns),
            (weight, to) => ImageProduct.Pack<T, TTile>(size, KernelOrder.Of(size), (T*)weight, (T*)to),
            ImageProduct.Parts<T, TTile>(size, joinsColumns),
            (images, weights, result, ends, scratch, part) => ImageProduct.Run<T, TTile, Epilogue<T>>(
                size, joinsColumns, images, (T*)weights, (T*)result, false, ends, (T*)scratch, part));
    }

    private static unsafe T[] Winograd<T, TTile>(Data<T> data, int threads)
        where T : unmanaged, INumber<T>
        where TTile : struct, ITile
    {
        var size = data.Of.Size;
        return Run(
            data, (int)WinogradProduct.PackedLength<T, TTile>(size), (int)WinogradProduct.ScratchLength<T, TTile>(size, threads),
            (weight, to) =>
            {
                for (var part = 0; part < WinogradWeights.Parts<T, TTile>(size); part++)
                {
                    WinogradWeights.Pack<T, TTile>(size, KernelOrder.Of(size), (T*)weight, (T*)to, part);
                }
            },
            parts: 1,
            (images, weights, result, ends, scratch, _) => WinogradProduct.Run<T, TTile>(
                size, threads, images, (T*)weights, (T*)result, ends, (T*)scratch));
    }

    private static unsafe T[] Depthwise<T>(Data<T> data)
        where T : unmanaged, INumber<T>
    {
        var size = data.Of.Size;
        return Run(
            data, DepthwiseProduct.PackedLength<T>(size), 1,
            (weight, to) => DepthwiseProduct.Pack(size, KernelOrder.Of(size), (T*)weight, (T*)to),
            DepthwiseProduct.Parts(size),
            (images, weights, result, ends, scratch, part) => DepthwiseProduct.Run(
                size, images, (T*)weights, (T*)result, ends, part));
    }

    private static unsafe T[] Run<T>(
        Data<T> data, int packedLength, int scratchLength, Action<nint, nint> pack, int parts, PartOf<T> run)
        where T : unmanaged, INumber<T>
    {
        var size = data.Of.Size;
        using Guarded<T> images = new([.. data.Images]), weight = new([.. data.Weight]), bias = new([.. data.Bias]);
        using Guarded<T> term = new([.. data.Term]), packed = new(new T[packedLength]), scratch = new(new T[scratchLength]);
        using Guarded<T> result = new(new T[data.Term.Length]);
        pack((nint)weight.Start, (nint)packed.Start);
        packed.RequireUntouchedBeside();
        var row = (nint)size.Channels * size.X.Size;
        var pixels = new Images<T>(images.Start, row * size.Y.Size, row, size.Channels);
        var ends = new Epilogue<T>(data.Of.HasTerm ? term.Start : null, bias.Start, data.Of.IsRelu, null);
        for (var part = 0; part < parts; part++)
        {
            run(pixels, (nint)packed.Start, (nint)result.Start, ends, (nint)scratch.Start, part);
        }

        scratch.RequireUntouchedBeside();
        return result.RequireUntouchedBeside();
    }

    private delegate void PartOf<T>(Images<T> images, nint weights, nint result, Epilogue<T> ends, nint scratch, int part)
        where T : unmanaged;

    private readonly record struct Case(ConvolutionSize Size, bool HasTerm, bool IsRelu, int Seed);

    /// <summary>Random numbers, and the convolution of them by its definition.</summary>
    private sealed class Data<T>
        where T : unmanaged, INumber<T>
    {
        public Data(Case of)
        {
            Of = of;
            var (random, size) = (new Random(of.Seed), of.Size);
            Images = Numbers(random, size.Images * size.Channels * size.Y.Size * size.X.Size);
            Weight = Numbers(random, size.Outputs * size.GroupChannels * size.Taps);
            Bias = Numbers(random, size.Outputs);
            Term = Numbers(random, size.Pixels * size.Outputs);
        }

        public Case Of { get; }

        public T[] Images { get; }

        public T[] Weight { get; }

        public T[] Bias { get; }

        public T[] Term { get; }

        public void RequireClose(T[] result, double tolerance)
        {
            var size = Of.Size;
            for (var i = 0; i < result.Length; i++)
            {
                var (pixel, o) = (i / size.Outputs, i % size.Outputs);
                var (x, y, n) = (pixel % size.X.Result, pixel / size.X.Result % size.Y.Result, pixel / size.X.Result / size.Y.Result);
                var expected = Sum(n, y, x, o) + double.CreateChecked(Bias[o]) + (Of.HasTerm ? double.CreateChecked(Term[i]) : 0);
                Assert.Equal(Of.IsRelu ? Math.Max(0, expected) : expected, double.CreateChecked(result[i]), tolerance);
            }
        }

        private static T[] Numbers(Random random, int count) =>
            [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked((random.NextDouble() * 2) - 1))];

        private double Sum(int n, int y, int x, int o)
        {
            var (size, sum) = (Of.Size, 0.0);
            var first = o / size.GroupOutputs * size.GroupChannels;
            for (var tap = 0; tap < size.Taps; tap++)
            {
                var (top, left) = (size.Y.Position(y, tap / size.X.Kernel), size.X.Position(x, tap % size.X.Kernel));
                for (var c = 0; c < size.GroupChannels && size.Y.Contains(top) && size.X.Contains(left); c++)
                {
                    sum += double.CreateChecked(Images[(((((n * size.Y.Size) + top) * size.X.Size) + left) * size.Channels) + first + c])
                        * double.CreateChecked(Weight[(((o * size.GroupChannels) + c) * size.Taps) + tap]);
                }
            }

            return sum;
        }
    }
}
