using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>
/// 3×3 convolutions of stride 1 on blocks of 2×2 pixels from blocks of 4×4, which take 16 products where the definition takes 36:
/// y = Aᵀ ((G w Gᵀ) ⊙ (Bᵀ x B)) A, summed over channels before the last step, so that the products are 16 matrix products (Lavin and Gray,
/// "Fast Algorithms for Convolutional Neural Networks", 2015, F(2×2, 3×3)). An infinite pixel makes the whole block NaN.
/// </summary>
internal static unsafe class WinogradProduct
{
    private const int Elements = 16;
    private const int Input = 4;
    private const int Output = 2;
    private const int MostBlocks = 64;

    /// <summary>Whether a convolution is of this kind.</summary>
    public static bool Fits(ConvolutionSize size) =>
        size is { Groups: 1, Y: { Kernel: 3, Stride: 1, Dilation: 1 }, X: { Kernel: 3, Stride: 1, Dilation: 1 } };

    /// <summary>The length of the transformed weights in the order of the tiles.</summary>
    public static long PackedLength<T, TTile>(ConvolutionSize size)
        where T : unmanaged
        where TTile : struct, ITile => (long)Elements * size.Channels * Width<T, TTile>(size);

    /// <summary>Transforms weights, [out, in, 3, 3], and writes them matrix by matrix, strip by strip.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="weight">The weights in row-major order.</param>
    /// <param name="to">Where they go.</param>
    public static void Pack<T, TTile>(ConvolutionSize size, T* weight, T* to)
        where T : unmanaged
        where TTile : struct, ITile
    {
        var width = TTile.Columns<T>();
        var matrix = (nint)size.Channels * Width<T, TTile>(size);
        new Span<T>(to, (int)matrix * Elements).Clear();
        Span<double> kernel = stackalloc double[9];
        Span<double> half = stackalloc double[Input * 3];
        for (var o = 0; o < size.Outputs; o++)
        {
            for (var c = 0; c < size.Channels; c++, weight += 9)
            {
                for (var i = 0; i < 9; i++)
                {
                    kernel[i] = typeof(T) == typeof(float) ? ((float*)weight)[i] : ((double*)weight)[i];
                }

                // G w, and that times Gᵀ.
                for (var i = 0; i < 3; i++)
                {
                    TransformWeights(
                        kernel[i], kernel[3 + i], kernel[6 + i], out half[i], out half[3 + i], out half[6 + i], out half[9 + i]);
                }

                var element = to + (o / width * (nint)size.Channels * width) + (c * width) + (o % width);
                for (var a = 0; a < Input; a++, element += Input * matrix)
                {
                    TransformWeights(
                        half[3 * a], half[(3 * a) + 1], half[(3 * a) + 2], out var first, out var second, out var third, out var last);
                    Write(first, element);
                    Write(second, element + matrix);
                    Write(third, element + (2 * matrix));
                    Write(last, element + (3 * matrix));
                }
            }
        }
    }

    /// <summary>Into how many parts the work is divided.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="threads">The threads that share it.</param>
    public static int Parts<TTile>(ConvolutionSize size, int threads)
        where TTile : struct, ITile => (Blocks(size) + PartSize<TTile>(size, threads) - 1) / PartSize<TTile>(size, threads);

    /// <summary>Elements of scratch memory that a thread needs.</summary>
    public static int ScratchLength<T, TTile>(ConvolutionSize size, int threads)
        where T : unmanaged
        where TTile : struct, ITile =>
        checked((Elements * PartSize<TTile>(size, threads) * (PaddedChannels<T>(size) + Width<T, TTile>(size))) + PaddedChannels<T>(size)
            + (2 * Width<T, TTile>(size)));

    /// <summary>Computes a part.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="threads">The threads that share the work.</param>
    /// <param name="images">The images.</param>
    /// <param name="weights">The transformed weights.</param>
    /// <param name="result">The result, channels last, without gaps, apart from the images.</param>
    /// <param name="epilogue">What comes then.</param>
    /// <param name="scratch">The memory of the thread.</param>
    /// <param name="part">Which part.</param>
    public static void Run<T, TTile>(
        ConvolutionSize size, int threads, Images<T> images, T* weights, T* result, Epilogue<T> epilogue, T* scratch, int part)
        where T : unmanaged
        where TTile : struct, ITile
    {
        var (channels, width) = (PaddedChannels<T>(size), Width<T, TTile>(size));
        var blocks = PartSize<TTile>(size, threads);
        var (first, end) = (part * blocks, Math.Min(Blocks(size), (part + 1) * blocks));
        var (count, matrix) = (end - first, (nint)blocks * channels);
        var transformed = scratch;
        var products = transformed + (Elements * matrix);
        var zeros = products + (Elements * (nint)blocks * width);
        var pixel = zeros + channels;
        new Span<T>(zeros, channels).Clear();
        var rows = (count + TTile.Rows - 1) / TTile.Rows * TTile.Rows;
        if (count < rows)
        {
            for (var e = 0; e < Elements; e++)
            {
                new Span<T>(transformed + (e * matrix) + (count * channels), (rows - count) * channels).Clear();
            }
        }

        var (across, down) = ((size.X.Result + 1) / Output, (size.Y.Result + 1) / Output);
        for (var block = first; block < end; block++)
        {
            TransformImage(
                size, images, block / (across * down), block / across % down * Output, block % across * Output, zeros,
                transformed + ((block - first) * (nint)channels), matrix);
        }

        var (strip, inner) = (TTile.Columns<T>(), size.Channels);
        var addresses = stackalloc T*[TTile.Rows];
        for (var e = 0; e < Elements; e++)
        {
            for (var column = 0; column < width; column += strip)
            {
                var right = weights + (((e * (nint)width) + column) * inner);
                var to = products + (e * (nint)blocks * width) + column;
                for (var row = 0; row < rows; row += TTile.Rows)
                {
                    for (var i = 0; i < TTile.Rows; i++)
                    {
                        addresses[i] = transformed + (e * matrix) + ((row + i) * (nint)channels);
                    }

                    TTile.MultiplyPieces(1, inner, addresses, right, to + (row * (nint)width), width, adds: false);
                }
            }
        }

        for (var block = first; block < end; block++)
        {
            TransformProducts(
                size, result, block / (across * down), block / across % down * Output, block % across * Output,
                products + ((block - first) * (nint)width), (nint)blocks * width, width, epilogue, pixel);
        }
    }

    /// <summary>The rows of G are 1 0 0, ½ ½ ½, ½ -½ ½, 0 0 1.</summary>
    private static void TransformWeights(
        double x, double y, double z, out double first, out double second, out double third, out double last)
    {
        (first, last) = (x, z);
        second = 0.5 * (x + y + z);
        third = 0.5 * (x - y + z);
    }

    private static void Write<T>(double value, T* to)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            *(float*)to = (float)value;
        }
        else
        {
            *(double*)to = value;
        }
    }

    private static int Width<T, TTile>(ConvolutionSize size)
        where T : unmanaged
        where TTile : struct, ITile
    {
        // Whole tiles and whole vectors.
        var unit = Math.Max(TTile.Columns<T>(), Vector512<T>.Count);
        return (size.Outputs + unit - 1) / unit * unit;
    }

    private static int PaddedChannels<T>(ConvolutionSize size)
        where T : unmanaged => (size.Channels + Vector512<T>.Count - 1) / Vector512<T>.Count * Vector512<T>.Count;

    /// <summary>The blocks of all images.</summary>
    public static int Blocks(ConvolutionSize size) =>
        size.Images * ((size.Y.Result + 1) / Output) * ((size.X.Result + 1) / Output);

    private static int PartSize<TTile>(ConvolutionSize size, int threads)
        where TTile : struct, ITile
    {
        var share = Math.Min(MostBlocks, (Blocks(size) + threads - 1) / threads);
        return (share + TTile.Rows - 1) / TTile.Rows * TTile.Rows;
    }

    /// <summary>Bᵀ x B, for all channels of a block.</summary>
    private static void TransformImage<T>(ConvolutionSize size, Images<T> images, int n, int y, int x, T* zeros, T* to, nint matrix)
        where T : unmanaged
    {
        var pixels = stackalloc T*[Elements];
        for (var a = 0; a < Input; a++)
        {
            for (var b = 0; b < Input; b++)
            {
                var (top, left) = (size.Y.Position(y, a), size.X.Position(x, b));
                pixels[(a * Input) + b] = size.Y.Contains(top) && size.X.Contains(left) ? images.At(n, top, left) : zeros;
            }
        }

        var c = 0;
        for (; c <= size.Channels - Vector512<T>.Count; c += Vector512<T>.Count)
        {
            Transform(pixels, c, to + c, matrix);
        }

        if (c == size.Channels)
        {
            return;
        }

        var (width, rest) = (Vector512<T>.Count, size.Channels - c);
        var buffer = stackalloc T[Elements * Vector512<T>.Count];
        new Span<T>(buffer, Elements * width).Clear();
        for (var e = 0; e < Elements; e++)
        {
            new Span<T>(pixels[e] + c, rest).CopyTo(new(buffer + (e * width), rest));
            pixels[e] = buffer + (e * width);
        }

        Transform(pixels, 0, to + c, matrix);
    }

    private static void Transform<T>(T** pixels, nint c, T* to, nint matrix)
        where T : unmanaged
    {
        // Columns first: t = Bᵀ x.
        var (x0, x1, x2, x3) = Down(
            Vector512.Load(pixels[0] + c), Vector512.Load(pixels[4] + c), Vector512.Load(pixels[8] + c), Vector512.Load(pixels[12] + c));
        var (y0, y1, y2, y3) = Down(
            Vector512.Load(pixels[1] + c), Vector512.Load(pixels[5] + c), Vector512.Load(pixels[9] + c), Vector512.Load(pixels[13] + c));
        var (z0, z1, z2, z3) = Down(
            Vector512.Load(pixels[2] + c), Vector512.Load(pixels[6] + c), Vector512.Load(pixels[10] + c), Vector512.Load(pixels[14] + c));
        var (w0, w1, w2, w3) = Down(
            Vector512.Load(pixels[3] + c), Vector512.Load(pixels[7] + c), Vector512.Load(pixels[11] + c), Vector512.Load(pixels[15] + c));
        Across(x0, y0, z0, w0, to, matrix);
        Across(x1, y1, z1, w1, to + (4 * matrix), matrix);
        Across(x2, y2, z2, w2, to + (8 * matrix), matrix);
        Across(x3, y3, z3, w3, to + (12 * matrix), matrix);
    }

    private static (Vector512<T> A, Vector512<T> B, Vector512<T> C, Vector512<T> D) Down<T>(
        Vector512<T> a, Vector512<T> b, Vector512<T> c, Vector512<T> d) => (a - c, b + c, c - b, b - d);

    private static void Across<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c, Vector512<T> d, T* to, nint matrix)
        where T : unmanaged
    {
        (a - c).Store(to);
        (b + c).Store(to + matrix);
        (c - b).Store(to + (2 * matrix));
        (b - d).Store(to + (3 * matrix));
    }

    /// <summary>Aᵀ m A, for all outputs of a block, where the result has such pixels.</summary>
    private static void TransformProducts<T>(
        ConvolutionSize size, T* result, int n, int y, int x, T* from, nint matrix, int width, Epilogue<T> epilogue, T* pixels)
        where T : unmanaged
    {
        for (var i = 0; i < Output && y + i < size.Y.Result; i++)
        {
            for (var column = 0; column < width; column += Vector512<T>.Count)
            {
                var (left, right) = Row(from + column, matrix, i);
                left.Store(pixels + column);
                right.Store(pixels + width + column);
            }

            for (var j = 0; j < Output && x + j < size.X.Result; j++)
            {
                var place = (((((nint)n * size.Y.Result) + y + i) * size.X.Result) + x + j) * size.Outputs;
                epilogue.Apply(pixels + (j * width), 0, 1, size.Outputs, place, 0, 0);
                new Span<T>(pixels + (j * width), size.Outputs).CopyTo(new(result + place, size.Outputs));
            }
        }
    }

    private static (Vector512<T> Left, Vector512<T> Right) Row<T>(T* from, nint matrix, int row)
        where T : unmanaged
    {
        var a = Column(from, 4 * matrix, row);
        var b = Column(from + matrix, 4 * matrix, row);
        var c = Column(from + (2 * matrix), 4 * matrix, row);
        var d = Column(from + (3 * matrix), 4 * matrix, row);
        return (a + b + c, b - c - d);
    }

    private static Vector512<T> Column<T>(T* from, nint stride, int row)
        where T : unmanaged
    {
        var (middle, other) = (Vector512.Load(from + stride), Vector512.Load(from + (2 * stride)));
        return row == 0 ? Vector512.Load(from) + middle + other : middle - other - Vector512.Load(from + (3 * stride));
    }
}
