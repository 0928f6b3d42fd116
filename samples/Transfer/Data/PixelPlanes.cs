using SkiaSharp;

namespace Transfer;

/// <summary>From Skia's pixels to planes of red, green and blue.</summary>
internal static class PixelPlanes
{
    /// <summary>What a square is drawn on.</summary>
    public static SKImageInfo Info(int side) => new(side, side, SKColorType.Rgba8888, SKAlphaType.Premul);

    /// <summary>Writes [3, side, side] from 0 to 255.</summary>
    public static void Write(SKBitmap square, Span<byte> planes)
    {
        var pixels = square.GetPixelSpan();
        var plane = square.Width * square.Height;
        for (var i = 0; i < plane; i++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                planes[(channel * plane) + i] = pixels[(4 * i) + channel];
            }
        }
    }

    /// <summary>Mirrors [3, side, side].</summary>
    public static void Mirror(int side, Span<byte> planes)
    {
        for (var row = 0; row < 3 * side; row++)
        {
            planes.Slice(row * side, side).Reverse();
        }
    }

    /// <summary>Turns [3, side, side] by half.</summary>
    public static void TurnByHalf(int side, Span<byte> planes)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            planes.Slice(channel * side * side, side * side).Reverse();
        }
    }

    /// <summary>Exchanges rows and columns of [3, side, side]: with the other two, all eight ways in which a square lies.</summary>
    public static void Transpose(int side, Span<byte> planes)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = planes.Slice(channel * side * side, side * side);
            for (var row = 0; row < side; row++)
            {
                for (var column = 0; column < row; column++)
                {
                    var (one, other) = ((row * side) + column, (column * side) + row);
                    (plane[one], plane[other]) = (plane[other], plane[one]);
                }
            }
        }
    }
}
