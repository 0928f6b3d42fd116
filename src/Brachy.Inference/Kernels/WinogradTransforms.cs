using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>What <see cref="WinogradProduct"/> does with blocks before and after they are multiplied, many channels at a time.</summary>
internal static unsafe class WinogradTransforms
{
    private const int Elements = WinogradProduct.Elements;
    private const int Input = WinogradProduct.Input;
    private const int Output = WinogradProduct.Output;

    /// <summary>How many blocks an image has.</summary>
    public static (int Across, int Down) BlocksOfImage(ConvolutionSize size) =>
        ((size.X.Result + 1) / Output, (size.Y.Result + 1) / Output);

    /// <summary>Bᵀ x B, for all channels of a block.</summary>
    public static void OfImage<T>(
        ConvolutionSize size, Images<T> images, int n, int row, int column, T* zeros, T* to, nint matrix)
        where T : unmanaged
    {
        var (y, x) = (row * Output, column * Output);
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
    public static void OfProducts<T>(
        ConvolutionSize size, T* result, int n, int row, int column, T* from, nint matrix, int width, Epilogue<T> epilogue, T* pixels)
        where T : unmanaged
    {
        var (y, x) = (row * Output, column * Output);
        for (var i = 0; i < Output && y + i < size.Y.Result; i++)
        {
            for (var output = 0; output < width; output += Vector512<T>.Count)
            {
                var (left, right) = Row(from + output, matrix, i);
                left.Store(pixels + output);
                right.Store(pixels + width + output);
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
