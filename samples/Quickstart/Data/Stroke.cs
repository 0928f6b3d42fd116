using System.Numerics;

namespace Quickstart.Data;

/// <summary>One pen stroke as a polyline. Coordinates are pixels; a glyph fills x 0–14 and y 0–20, y down.</summary>
internal sealed record Stroke(Vector2[] Points)
{
    private const int StepsPerSpan = 5;

    /// <summary>Straight pieces through the points, given as x, y, x, y…</summary>
    public static Stroke Line(params ReadOnlySpan<float> xy) => new(Pairs(xy));

    /// <summary>A smooth curve through the points.</summary>
    public static Stroke Curve(params ReadOnlySpan<float> xy)
    {
        Vector2[] knots = Pairs(xy);
        return Spline(knots.Length - 1, i => knots[Math.Clamp(i, 0, knots.Length - 1)]);
    }

    /// <summary>A smooth closed curve through the points.</summary>
    public static Stroke Loop(params ReadOnlySpan<float> xy)
    {
        Vector2[] knots = Pairs(xy);
        return Spline(knots.Length, i => knots[(i + knots.Length) % knots.Length]);
    }

    private static Vector2[] Pairs(ReadOnlySpan<float> xy)
    {
        var points = new Vector2[xy.Length / 2];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = new(xy[2 * i], xy[(2 * i) + 1]);
        }

        return points;
    }

    private static Stroke Spline(int spans, Func<int, Vector2> knot)
    {
        var points = new Vector2[(spans * StepsPerSpan) + 1];
        for (int i = 0; i < points.Length; i++)
        {
            int span = Math.Min(i / StepsPerSpan, spans - 1);
            float t = (i - (span * StepsPerSpan)) / (float)StepsPerSpan;
            points[i] = CatmullRom(knot(span - 1), knot(span), knot(span + 1), knot(span + 2), t);
        }

        return new(points);
    }

    private static Vector2 CatmullRom(Vector2 before, Vector2 from, Vector2 to, Vector2 after, float t)
    {
        Vector2 linear = to - before;
        Vector2 square = (2 * before) - (5 * from) + (4 * to) - after;
        Vector2 cube = (3 * (from - to)) + after - before;
        return from + (0.5f * t * (linear + (t * (square + (t * cube)))));
    }
}
