using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>Convolutions that see each channel alone: sums over the elements of the kernel, of many channels at a time.</summary>
internal static unsafe class DepthwiseProduct
{
    private const int MostParts = 1024;

    /// <summary>Whether a convolution is of this kind.</summary>
    public static bool Fits(ConvolutionSize size) => size.GroupChannels == 1 && size.GroupOutputs == 1;

    /// <summary>The length of the weights with channels side by side.</summary>
    public static int PackedLength<T>(ConvolutionSize size)
        where T : unmanaged => checked(size.Taps * Padded<T>(size));

    /// <summary>Writes weights element by element of the kernel.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="order">Where they lie.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="to">Where they go.</param>
    public static void Pack<T>(ConvolutionSize size, KernelOrder order, T* weight, T* to)
        where T : unmanaged
    {
        new Span<T>(to, PackedLength<T>(size)).Clear();
        for (var tap = 0; tap < size.Taps; tap++, to += Padded<T>(size))
        {
            for (var c = 0; c < size.Channels; c++)
            {
                to[c] = weight[order.Start + (c * (nint)order.Output) + (tap * order.Tap)];
            }
        }
    }

    /// <summary>Into how many parts the work is divided: rows of the result.</summary>
    public static int Parts(ConvolutionSize size) => Math.Min(size.Images * size.Y.Result, MostParts);

    /// <summary>Computes a part.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="images">The images.</param>
    /// <param name="weights">The packed weights.</param>
    /// <param name="result">The result, channels last, without gaps, apart from the images.</param>
    /// <param name="epilogue">What comes then.</param>
    /// <param name="part">Which part.</param>
    public static void Run<T>(ConvolutionSize size, Images<T> images, T* weights, T* result, Epilogue<T> epilogue, int part)
        where T : unmanaged
    {
        for (var row = part; row < size.Images * size.Y.Result; row += MostParts)
        {
            RunRow(size, images, weights, result, epilogue, row);
        }
    }

    private static void RunRow<T>(ConvolutionSize size, Images<T> images, T* weights, T* result, Epilogue<T> epilogue, int row)
        where T : unmanaged
    {
        var (n, y) = (row / size.Y.Result, row % size.Y.Result);
        var padded = Padded<T>(size);
        var place = (nint)row * size.X.Result * size.Outputs;
        for (var x = 0; x < size.X.Result; x++, place += size.Outputs)
        {
            var to = result + place;
            var c = 0;
            for (; c <= size.Channels - Vector512<T>.Count; c += Vector512<T>.Count)
            {
                Sum(size, images, weights, n, y, x, c, padded).Store(to + c);
            }

            for (; c < size.Channels; c++)
            {
                to[c] = SumOfOne(size, images, weights, n, y, x, c, padded);
            }

            epilogue.Apply(to, 0, 1, size.Outputs, place, 0, 0);
        }
    }

    private static int Padded<T>(ConvolutionSize size)
        where T : unmanaged => (size.Channels + Vector512<T>.Count - 1) / Vector512<T>.Count * Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Sum<T>(ConvolutionSize size, Images<T> images, T* weights, int n, int y, int x, int c, int padded)
        where T : unmanaged
    {
        var sum = Vector512<T>.Zero;
        for (var ky = 0; ky < size.Y.Kernel; ky++)
        {
            var top = size.Y.Position(y, ky);
            if (!size.Y.Contains(top))
            {
                continue;
            }

            for (var kx = 0; kx < size.X.Kernel; kx++)
            {
                var left = size.X.Position(x, kx);
                if (size.X.Contains(left))
                {
                    sum += Vector512.Load(images.At(n, top, left) + c)
                        * Vector512.Load(weights + (((ky * size.X.Kernel) + kx) * padded) + c);
                }
            }
        }

        return sum;
    }

    /// <summary>The same sum for a channel that fills no vector, by the same operations.</summary>
    private static T SumOfOne<T>(ConvolutionSize size, Images<T> images, T* weights, int n, int y, int x, int c, int padded)
        where T : unmanaged
    {
        var sum = Vector128<T>.Zero;
        for (var ky = 0; ky < size.Y.Kernel; ky++)
        {
            var top = size.Y.Position(y, ky);
            for (var kx = 0; kx < size.X.Kernel && size.Y.Contains(top); kx++)
            {
                var left = size.X.Position(x, kx);
                if (size.X.Contains(left))
                {
                    sum += Vector128.Create(images.At(n, top, left)[c])
                        * Vector128.Create(weights[(((ky * size.X.Kernel) + kx) * padded) + c]);
                }
            }
        }

        return sum.ToScalar();
    }
}
