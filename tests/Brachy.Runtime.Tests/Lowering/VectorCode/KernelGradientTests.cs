using System.Numerics;
using Brachy.Compilation;
using CsCheck;

namespace Brachy.Tests.Lowering;

/// <summary>
/// Gradients of convolutions by their weights, by each kind of tiles, of random sizes, against sums in float64; with the same bits by all
/// kinds; no memory counts that was not written, and nothing beside what belongs to them is.
/// </summary>
public class KernelGradientTests
{
    private static readonly Gen<ConvolvedDim> s_dims = ConvolutionKernelTests.AnyDim.Where(dim => dim.Result > 0);

    private static readonly Gen<(ConvolutionSize Size, int Seed)> s_cases =
        from y in s_dims
        from x in s_dims
        from images in Gen.Int[1, 3]
        from channels in Gen.Int[1, 20]
        from outputs in Gen.Int[1, 40]
        from seed in Gen.Int
        select (new ConvolutionSize(images, channels, outputs, 1, y, x), seed);

    [Fact]
    public void OfFloat32() => s_cases.Sample(of => Check<float>(of.Size, of.Seed, 2e-4), iter: 200);

    [Fact]
    public void OfFloat64() => s_cases.Sample(of => Check<double>(of.Size, of.Seed, 1e-11), iter: 200);

    /// <summary>More pixels than are added up at a time.</summary>
    [Fact]
    public void OfManyPixels() => Check<float>(new(2, 3, 5, 1, new(40, 3, 1, 1, 1, 40), new(40, 3, 1, 1, 1, 40)), 5, 2e-3);

    private static void Check<T>(ConvolutionSize size, int seed, double tolerance)
        where T : unmanaged, INumber<T>
    {
        var random = new Random(seed);
        var images = Numbers(size.Images * size.Y.Size * size.X.Size * size.Channels);
        var gradient = Numbers(size.Pixels * size.Outputs);
        var first = Run<T, Tile512>(size, images, gradient);
        Assert.Equal(first, Run<T, Tile256>(size, images, gradient));
        Assert.Equal(first, Run<T, Tile128>(size, images, gradient));
        for (var i = 0; i < first.Length; i++)
        {
            var (o, c, tap) = (i / size.Taps / size.Channels, i / size.Taps % size.Channels, i % size.Taps);
            Assert.Equal(Sum(size, images, gradient, o, c, tap), double.CreateChecked(first[i]), tolerance);
        }

        T[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked((random.NextDouble() * 2) - 1))];
    }

    private static unsafe T[] Run<T, TTile>(ConvolutionSize size, T[] images, T[] gradient)
        where T : unmanaged, INumber<T>
        where TTile : struct, ITile
    {
        var of = new KernelGradient<T, TTile>(size);
        using Guarded<T> image = new(images), ofResult = new(gradient), result = new(Unknown(of.Rows * (long)size.Outputs));
        using Guarded<T> planes = new(Unknown(of.PlanesLength)), strips = new(Unknown(of.StripsLength));
        using Guarded<T> sums = new(Unknown(of.SumsLength)), scratch = new(Unknown(of.ScratchLength));
        var row = (nint)size.Channels * size.X.Size;
        var pixels = new Images<T>(image.Start, row * size.Y.Size, row, size.Channels);
        foreach (var step in Enum.GetValues<KernelGradientStep>())
        {
            var work = new KernelGradientWork<T, TTile>(
                of, step, pixels, (nint)ofResult.Start, (nint)planes.Start, (nint)strips.Start, (nint)sums.Start, (nint)scratch.Start,
                (nint)result.Start);
            for (var part = KernelGradientWork<T, TTile>.Parts(of, step) - 1; part >= 0; part--)
            {
                work.Run(part, 0);
            }
        }

        foreach (var memory in new[] { planes, strips, sums, scratch })
        {
            memory.RequireUntouchedBeside();
        }

        return result.RequireUntouchedBeside();

        static T[] Unknown(long length)
        {
            var values = new T[length];
            Array.Fill(values, T.CreateChecked(double.NaN));
            return values;
        }
    }

    private static double Sum<T>(ConvolutionSize size, T[] images, T[] gradient, int o, int c, int tap)
        where T : unmanaged, INumber<T>
    {
        var sum = 0.0;
        for (var pixel = 0; pixel < size.Pixels; pixel++)
        {
            var (x, y, n) = (pixel % size.X.Result, pixel / size.X.Result % size.Y.Result, pixel / size.X.Result / size.Y.Result);
            var (top, left) = (size.Y.Position(y, tap / size.X.Kernel), size.X.Position(x, tap % size.X.Kernel));
            if (size.Y.Contains(top) && size.X.Contains(left))
            {
                sum += double.CreateChecked(images[(((((n * size.Y.Size) + top) * size.X.Size) + left) * size.Channels) + c])
                    * double.CreateChecked(gradient[(pixel * size.Outputs) + o]);
            }
        }

        return sum;
    }
}
