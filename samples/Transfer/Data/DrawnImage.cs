using Quickstart.Data;
using SkiaSharp;

namespace Transfer;

/// <summary>A shape on a cluttered ground, drawn by Skia: in place of a download. A seed gives the same image each time.</summary>
/// <param name="Number">Which image of its kind it is.</param>
/// <param name="Seed">Chooses the images.</param>
/// <param name="Label">The number of its class.</param>
internal sealed record DrawnImage(int Number, int Seed, long Label) : LabelledImage($"drawn image {Number}", Label)
{
    /// <summary>The classes: shapes that differ little.</summary>
    public static IReadOnlyList<string> Classes { get; } = ["triangle", "square", "pentagon", "star of four", "star of five", "gear"];

    /// <summary>Images to learn from, and others that are held out; classes are equally frequent.</summary>
    public static ImageSet Set(int train, int heldOut, int seed)
    {
        var images = Enumerable.Range(0, train + heldOut)
            .Select(i => (LabelledImage)new DrawnImage(i, seed, i % Classes.Count)).ToArray();
        return new("shapes that are drawn", Classes, images[..train], images[train..], AnyWayUp: true);
    }

    /// <inheritdoc/>
    public override void Read(int side, Span<byte> planes)
    {
        using var square = new SKBitmap(PixelPlanes.Info(side));
        using var canvas = new SKCanvas(square);
        canvas.Scale(side);
        Draw(canvas, new SplitMix64((ulong)Seed).Fork(Number));
        PixelPlanes.Write(square, planes);
    }

    private void Draw(SKCanvas canvas, SplitMix64 random)
    {
        var (one, other) = (Colour(ref random), Colour(ref random));
        using var shader = SKShader.CreateLinearGradient(
            new(random.Uniform(0, 1), 0), new(random.Uniform(0, 1), 1), [one, other], SKShaderTileMode.Clamp);
        using var ground = new SKPaint { Shader = shader };
        canvas.DrawRect(0, 0, 1, 1, ground);
        Clutter(canvas, ref random, 8);

        using var ink = new SKPaint
        {
            IsAntialias = true,
            Color = Colour(ref random),
            Style = random.Below(3) == 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill,
            StrokeWidth = random.Uniform(0.02f, 0.05f),
        };
        using var path = Shape(random.Uniform(0.26f, 0.4f), random.Uniform(0, 6.28f));
        canvas.Save();
        canvas.Translate(random.Uniform(0.38f, 0.62f), random.Uniform(0.38f, 0.62f));
        canvas.Skew(random.Uniform(-0.15f, 0.15f), 0);
        canvas.DrawPath(path, ink);
        canvas.Restore();
        Clutter(canvas, ref random, 2);
    }

    /// <summary>Corners around 0, alternately at two distances.</summary>
    private SKPath Shape(float radius, float turn)
    {
        var (corners, inner) = Label switch
        {
            0 => (3, 1f),
            1 => (4, 1f),
            2 => (5, 1f),
            3 => (8, 0.5f),
            4 => (10, 0.5f),
            _ => (20, 0.78f),
        };
        var path = new SKPath();
        path.AddPoly([.. Enumerable.Range(0, corners).Select(i =>
        {
            var (sine, cosine) = MathF.SinCos(turn + (MathF.Tau * i / corners));
            return new SKPoint(radius * cosine * (i % 2 == 0 ? 1 : inner), radius * sine * (i % 2 == 0 ? 1 : inner));
        })]);
        return path;
    }

    private static void Clutter(SKCanvas canvas, ref SplitMix64 random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var paint = new SKPaint
            {
                IsAntialias = true,
                Color = Colour(ref random).WithAlpha((byte)random.Below(200)),
                StrokeWidth = random.Uniform(0.005f, 0.03f),
            };
            var from = new SKPoint(random.Uniform(0, 1), random.Uniform(0, 1));
            if (random.Below(2) == 0)
            {
                canvas.DrawLine(from, new(random.Uniform(0, 1), random.Uniform(0, 1)), paint);
            }
            else
            {
                canvas.DrawCircle(from, random.Uniform(0.01f, 0.07f), paint);
            }
        }
    }

    private static SKColor Colour(ref SplitMix64 random) =>
        new((byte)random.Below(256), (byte)random.Below(256), (byte)random.Below(256));
}
