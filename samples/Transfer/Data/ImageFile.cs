using Samples.Shared;
using SkiaSharp;

namespace Transfer;

/// <summary>An image in a file: JPEG, PNG or what else Skia reads. The square in its middle is taken.</summary>
/// <param name="Name">The file.</param>
/// <param name="Label">The number of its class.</param>
internal sealed record ImageFile(string Name, long Label) : LabelledImage(Name, Label)
{
    // A picture of 400 megapixels takes 1.6 GB.
    private const long MaxPixels = 400_000_000;

    /// <inheritdoc/>
    public override void Read(int side, Span<byte> planes)
    {
        using var square = Square(side);
        PixelPlanes.Write(square, planes);
    }

    private SKBitmap Square(int side)
    {
        using var stream = File.OpenRead(Name);
        using var codec = SKCodec.Create(stream, out var result) ?? throw Broken(result);
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width <= 0 || height <= 0 || (long)width * height > MaxPixels)
        {
            throw new InputException($"{Name}: has {width} × {height} pixels, which is not between 1 and {MaxPixels}");
        }

        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            throw Broken(result);
        }

        var square = new SKBitmap(PixelPlanes.Info(side));
        using var canvas = new SKCanvas(square);
        canvas.Clear(SKColors.White);
        canvas.Concat(Upright(codec.EncodedOrigin, side));
        var shorter = Math.Min(width, height);
        var from = SKRect.Create((width - shorter) / 2f, (height - shorter) / 2f, shorter, shorter);
        using var image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(
            image, from, SKRect.Create(side, side), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return square;
    }

    /// <summary>Cameras write images as their sensor has them, and how they were held.</summary>
    private static SKMatrix Upright(SKEncodedOrigin origin, int side) => origin switch
    {
        SKEncodedOrigin.TopRight => new(-1, 0, side, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new(-1, 0, side, 0, -1, side, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new(1, 0, 0, 0, -1, side, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new(0, -1, side, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new(0, -1, side, -1, 0, side, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new(0, 1, 0, -1, 0, side, 0, 0, 1),
        _ => SKMatrix.Identity,
    };

    private InputException Broken(SKCodecResult result) => new($"{Name}: is no image that can be read ({result})");
}
