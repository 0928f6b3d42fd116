using System.Numerics;

namespace Quickstart.Data;

/// <summary>One person's hand: how the points of a glyph move before they are drawn.</summary>
internal readonly struct Distortion
{
    private static readonly Vector2 s_glyphCentre = new(7, 10);
    private static readonly Vector2 s_imageCentre = new(DigitSet.Side / 2f);

    private readonly Vector2 _xx;
    private readonly Vector2 _xy;
    private readonly Vector2 _yy;
    private readonly Vector2 _axisX;
    private readonly Vector2 _axisY;
    private readonly Vector2 _shift;

    public Distortion(ref SplitMix64 random)
    {
        _xx = Square(ref random, 1.4f);
        _xy = Square(ref random, 1.4f);
        _yy = Square(ref random, 1.4f);

        // The half-angle form gives a rotation by arithmetic alone: sine and cosine differ between platforms.
        float tangent = random.Uniform(-0.16f, 0.16f);
        float cosine = (1 - (tangent * tangent)) / (1 + (tangent * tangent));
        float sine = 2 * tangent / (1 + (tangent * tangent));
        float width = random.Uniform(0.75f, 1.12f);
        float height = random.Uniform(0.78f, 1.08f);
        float slant = random.Uniform(-0.2f, 0.35f);
        _axisX = width * new Vector2(cosine, sine);
        _axisY = (height * new Vector2(-sine, cosine)) - (slant * _axisX);
        _shift = s_imageCentre + Square(ref random, 2);
    }

    public Vector2 Apply(Vector2 point)
    {
        Vector2 p = point - s_glyphCentre;
        float u = p.X / 7;
        float v = p.Y / 10;
        p += (u * u * _xx) + (u * v * _xy) + (v * v * _yy);
        return _shift + (p.X * _axisX) + (p.Y * _axisY);
    }

    private static Vector2 Square(ref SplitMix64 random, float reach)
    {
        float x = random.Uniform(-reach, reach);
        float y = random.Uniform(-reach, reach);
        return new(x, y);
    }
}
