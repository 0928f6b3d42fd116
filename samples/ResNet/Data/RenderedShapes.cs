using System.Numerics;
using Quickstart.Data;

namespace ResNet;

/// <summary>
/// Ten classes of coloured shapes on textured backgrounds, as a file of CIFAR-10 holds images: in place of a download. No sine is used, so
/// a seed gives the same bytes on every platform.
/// </summary>
internal static class RenderedShapes
{
    /// <summary>The number of classes.</summary>
    public const int Classes = 10;

    private const int Record = 1 + ImageSet.Size;

    /// <summary>Renders records; the classes are equally frequent.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Chooses the images.</param>
    /// <param name="split">The images of two splits have nothing in common.</param>
    public static byte[] Render(int count, int seed, int split)
    {
        var bytes = new byte[checked(count * Record)];
        var stream = new SplitMix64((ulong)seed).Fork(split);
        Parallel.For(0, count, i =>
        {
            var record = bytes.AsSpan(i * Record, Record);
            record[0] = (byte)(i % Classes);
            Draw(record[0], record[1..], stream.Fork(i));
        });
        return bytes;
    }

    /// <summary>Whether a point lies in a shape about as large as the square from -1 to 1; every shape is its own mirror image.</summary>
    internal static bool IsInside(int shape, Vector2 point)
    {
        var (x, y) = (Math.Abs(point.X), Math.Abs(point.Y));
        var (largest, length) = (Math.Max(x, y), point.Length());
        return shape switch
        {
            0 => length < 1,
            1 => length is > 0.55f and < 1,
            2 => largest < 0.85f,
            3 => largest is > 0.5f and < 0.9f,
            4 => point.Y is > -0.9f and < 0.8f && x < 0.58f * (point.Y + 0.9f),
            5 => point.Y is > -0.8f and < 0.9f && x < 0.58f * (0.9f - point.Y),
            6 => Math.Min(x, y) < 0.28f && largest < 1,
            7 => Math.Abs(x - y) < 0.38f && largest < 0.9f,
            8 => x < 0.9f && y is > 0.3f and < 0.8f,
            _ => y < 0.9f && x is > 0.3f and < 0.8f,
        };
    }

    private static void Draw(int shape, Span<byte> planes, SplitMix64 random)
    {
        var background = Colour(ref random);
        var ink = Colour(ref random);
        while (Vector3.DistanceSquared(ink, background) < 0.4f)
        {
            (background, ink) = (Colour(ref random), Colour(ref random));
        }

        // Stripes in some direction, and noise.
        var stripes = new Vector2(random.Uniform(-0.35f, 0.35f), random.Uniform(-0.35f, 0.35f));
        var stripe = random.Uniform(0, 0.25f) * Colour(ref random);
        var noise = random.Uniform(0.01f, 0.06f);
        var centre = new Vector2(random.Uniform(12, 20), random.Uniform(12, 20));

        // The half-angle form gives a rotation by arithmetic alone.
        var tangent = random.Uniform(-0.1f, 0.1f);
        var turn = new Vector2(1 - (tangent * tangent), 2 * tangent) / (1 + (tangent * tangent)) / random.Uniform(7.5f, 12);
        for (var pixel = 0; pixel < ImageSet.Plane; pixel++)
        {
            var (x, y) = (pixel % ImageSet.Side, pixel / ImageSet.Side);
            var covered = 0;
            for (var part = 0; part < 4; part++)
            {
                var p = new Vector2(x + 0.25f + (part % 2 * 0.5f), y + 0.25f + (part / 2 * 0.5f)) - centre;
                covered += IsInside(shape, new((turn.X * p.X) + (turn.Y * p.Y), (turn.X * p.Y) - (turn.Y * p.X))) ? 1 : 0;
            }

            var wave = (stripes.X * x) + (stripes.Y * y);
            wave = 4 * Math.Abs(wave - MathF.Floor(wave) - 0.5f) - 1;
            var colour = Vector3.Lerp(background + (wave * stripe), ink, covered / 4f);
            for (var channel = 0; channel < 3; channel++)
            {
                var value = colour[channel] + (noise * random.Normal());
                planes[(channel * ImageSet.Plane) + pixel] = (byte)Math.Clamp(255 * value, 0, 255);
            }
        }
    }

    private static Vector3 Colour(ref SplitMix64 random) => new(random.Uniform(0, 1), random.Uniform(0, 1), random.Uniform(0, 1));
}
