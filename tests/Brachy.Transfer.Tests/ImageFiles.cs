using Brachy.Tests.Shared;
using SkiaSharp;

namespace Transfer.Tests;

/// <summary>Writes images.</summary>
internal static class ImageFiles
{
    /// <summary>A PNG whose left half has one colour and whose right half another.</summary>
    public static string Halves(TemporaryFolder folder, string name, int width, int height, SKColor left, SKColor right)
    {
        using var bitmap = new SKBitmap(width, height);
        for (var x = 0; x < width; x++)
        {
            for (var y = 0; y < height; y++)
            {
                bitmap.SetPixel(x, y, x < width / 2 ? left : right);
            }
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return folder.Write(name, data.ToArray());
    }

    /// <summary>Two classes of grey and of striped images, so many of each.</summary>
    public static void TwoClasses(TemporaryFolder folder, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var shade = new SKColor((byte)(40 * i), (byte)(255 - (30 * i)), 90);
            Halves(folder, $"plain/{i}.png", 40, 40, shade, shade);
            Halves(folder, $"split/{i}.png", 40, 40, shade, SKColors.White);
        }
    }
}
