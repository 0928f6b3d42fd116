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
}
