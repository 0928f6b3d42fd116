using System.Numerics;

namespace Quickstart.Data;

/// <summary>Draws strokes on one image; each pixel is inked by its distance to the nearest stroke.</summary>
internal readonly ref struct DigitCanvas
{
    private readonly Span<float> _pixels;
    private readonly float _reach;

    /// <param name="pixels">The image to draw on.</param>
    /// <param name="width">The stroke width in pixels.</param>
    public DigitCanvas(Span<float> pixels, float width)
    {
        _pixels = pixels;
        _reach = (width / 2) + 0.5f;
        pixels.Fill(_reach * _reach);
    }

    public void Draw(Vector2 from, Vector2 to)
    {
        int left = Math.Max(0, (int)(Math.Min(from.X, to.X) - _reach));
        int right = Math.Min(DigitSet.Side - 1, (int)(Math.Max(from.X, to.X) + _reach));
        int top = Math.Max(0, (int)(Math.Min(from.Y, to.Y) - _reach));
        int bottom = Math.Min(DigitSet.Side - 1, (int)(Math.Max(from.Y, to.Y) + _reach));
        float dx = to.X - from.X;
        float dy = to.Y - from.Y;
        float inverse = 1 / ((dx * dx) + (dy * dy) + 1e-12f);
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                float px = x + 0.5f - from.X;
                float py = y + 0.5f - from.Y;
                float along = Math.Clamp(((px * dx) + (py * dy)) * inverse, 0, 1);
                px -= along * dx;
                py -= along * dy;
                ref float nearest = ref _pixels[(y * DigitSet.Side) + x];
                nearest = Math.Min(nearest, (px * px) + (py * py));
            }
        }
    }

    /// <summary>Turns the squared distances that <see cref="Draw"/> left in the pixels into ink and adds noise.</summary>
    public void Develop(float ink, float noise, ref SplitMix64 random)
    {
        foreach (ref float pixel in _pixels)
        {
            float coverage = Math.Min(_reach - MathF.Sqrt(pixel), 1);
            pixel = Math.Clamp((ink * coverage) + (noise * random.Normal()), 0, 1);
        }
    }
}
