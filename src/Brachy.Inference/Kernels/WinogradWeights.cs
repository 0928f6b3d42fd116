using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>
/// The weights of <see cref="WinogradProduct"/>: G w Gᵀ of each kernel, where the rows of G are 1 0 0, ½ ½ ½, ½ -½ ½, 0 0 1.
/// </summary>
internal static unsafe class WinogradWeights
{
    private const int Taps = 9;

    // What is written number by number is read as vectors only when it has reached the cache.
    private const int ChannelsOfBlock = 8;

    private const int Input = WinogradProduct.Input;

    /// <summary>Into how many parts the work is divided: the strips of columns.</summary>
    public static int Parts<T, TTile>(ConvolutionSize size)
        where T : unmanaged
        where TTile : struct, ITile => WinogradProduct.Width<T, TTile>(size) / TTile.Columns<T>();

    /// <summary>Transforms the kernels of a strip, and writes them matrix by matrix.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="order">Where the weights lie.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="to">Where those of all strips go.</param>
    /// <param name="strip">The strip.</param>
    public static void Pack<T, TTile>(ConvolutionSize size, KernelOrder order, T* weight, T* to, int strip)
        where T : unmanaged
        where TTile : struct, ITile
    {
        var width = TTile.Columns<T>();
        var matrix = (nint)size.Channels * WinogradProduct.Width<T, TTile>(size);
        var columns = Math.Clamp(size.Outputs - (strip * width), 0, width);
        var kernels = stackalloc T[ChannelsOfBlock * Taps * width];
        var half = stackalloc T[Input * 3 * width];

        // Long pieces of each matrix: all begin in the same lines of the cache.
        var piece = ChannelsOfBlock * width;
        var pieces = stackalloc T[Input * Input * piece];
        new Span<T>(kernels, Taps * piece).Clear();
        to += strip * (nint)size.Channels * width;
        var first = weight + order.Start + (strip * (nint)width * order.Output);
        for (var block = 0; block < size.Channels; block += ChannelsOfBlock, to += piece)
        {
            var count = Math.Min(ChannelsOfBlock, size.Channels - block);
            Gather(first + (block * (nint)order.Channel), order, count, columns, width, kernels);
            for (var c = 0; c < count; c++)
            {
                // G w, by columns of the kernel, and that times Gᵀ, by rows.
                var kernel = kernels + (c * Taps * width);
                for (var i = 0; i < 3; i++)
                {
                    Transform(kernel + (i * width), 3 * width, half + (i * width), 3 * width, width);
                }

                for (var a = 0; a < Input; a++)
                {
                    Transform(half + (3 * a * width), width, pieces + (a * Input * piece) + (c * width), piece, width);
                }
            }

            for (var e = 0; e < Input * Input; e++)
            {
                new ReadOnlySpan<T>(pieces + (e * piece), count * width).CopyTo(new(to + (e * matrix), count * width));
            }
        }
    }

    /// <summary>Writes kernels of some channels element by element, each for all columns of the strip.</summary>
    private static void Gather<T>(T* from, KernelOrder order, int channels, int columns, int width, T* to)
        where T : unmanaged
    {
        for (var column = 0; column < columns; column++, from += order.Output)
        {
            for (var c = 0; c < channels; c++)
            {
                var kernel = from + (c * (nint)order.Channel);
                var place = to + (c * Taps * width) + column;
                for (var tap = 0; tap < Taps; tap++, kernel += order.Tap, place += width)
                {
                    *place = *kernel;
                }
            }
        }
    }

    /// <summary>Three numbers become four, for all columns of the strip.</summary>
    private static void Transform<T>(T* from, nint fromStride, T* to, nint toStride, int width)
        where T : unmanaged
    {
        var half = VectorMath.Number<T>(0.5).GetLower().GetLower();
        for (var i = 0; i < width; i += Vector128<T>.Count)
        {
            var x = Vector128.Load(from + i);
            var y = Vector128.Load(from + fromStride + i);
            var z = Vector128.Load(from + (2 * fromStride) + i);
            var sum = x + z;
            x.Store(to + i);
            ((sum + y) * half).Store(to + toStride + i);
            ((sum - y) * half).Store(to + (2 * toStride) + i);
            z.Store(to + (3 * toStride) + i);
        }
    }
}

/// <summary>The transform of weights; a part is a strip.</summary>
internal readonly unsafe struct WinogradWeightsWork<T, TTile>(ConvolutionSize size, KernelOrder order, nint weight, nint to) : ITeamWork
    where T : unmanaged
    where TTile : struct, ITile
{
    public void Run(int part, int member) => WinogradWeights.Pack<T, TTile>(size, order, (T*)weight, (T*)to, part);
}
