using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>
/// Sine and cosine. Those of the framework compute all elements of a vector otherwise when one of them is large. Formulas, and the parts of
/// π/2, of fdlibm (k_sin.c, k_cos.c, e_rem_pio2.c; Sun Microsystems, 1993), without its branches.
/// </summary>
internal static class VectorAngles
{
    // Up to here a multiple of π/2 times its first parts is exact. What is beyond is computed one by one.
    private const double Largest = 1e6;

    // 1.5 · 2^52: a number added to it is rounded to a whole one, which the last bits hold.
    private const double Rounder = 6755399441055744;

    public static Vector512<T> Sin<T>(Vector512<T> x)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector512.Narrow(Sin(Vector512.WidenLower(x.AsSingle())), Sin(Vector512.WidenUpper(x.AsSingle()))).As<float, T>()
            : Sin(x.AsDouble()).As<double, T>();

    public static Vector512<T> Cos<T>(Vector512<T> x)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector512.Narrow(Cos(Vector512.WidenLower(x.AsSingle())), Cos(Vector512.WidenUpper(x.AsSingle()))).As<float, T>()
            : Cos(x.AsDouble()).As<double, T>();

    private static Vector512<double> Sin(Vector512<double> x)
    {
        // The function is odd, and so is this: -0 stays -0.
        var sign = x & Vector512.Create(-0.0);
        var y = Of(Vector512.Abs(x), 0) ^ sign;
        return IsNear(x) ? y : WithFar(x, y, Math.Sin);
    }

    private static Vector512<double> Cos(Vector512<double> x)
    {
        var y = Of(Vector512.Abs(x), 1);
        return IsNear(x) ? y : WithFar(x, y, Math.Cos);
    }

    private static bool IsNear(Vector512<double> x) => Vector512.LessThanOrEqualAll(Vector512.Abs(x), Vector512.Create(Largest));

    private static Vector512<double> WithFar(Vector512<double> x, Vector512<double> y, Func<double, double> function)
    {
        for (var i = 0; i < Vector512<double>.Count; i++)
        {
            if (!(Math.Abs(x[i]) <= Largest))
            {
                y = y.WithElement(i, function(x[i]));
            }
        }

        return y;
    }

    /// <summary>The sine of x and some quarter turns.</summary>
    private static Vector512<double> Of(Vector512<double> x, long quarters)
    {
        var rounded = (x * (2 / Math.PI)) + Vector512.Create(Rounder);
        var n = rounded - Vector512.Create(Rounder);

        // x - n π/2 and what its rounding leaves. All products but the last are exact, as is the first difference.
        var first = x - (n * 1.57079632673412561417);
        var part = n * 6.07710050630396597660e-11;
        var second = first - part;
        var rest = first - second - part;
        part = n * 2.02226624871116645580e-21;
        var third = second - part;
        rest += second - third - part;
        rest -= n * 8.47842766036889956997e-32;
        var angle = third + rest;
        rest = third - angle + rest;

        var s = angle * angle;
        var sine = SineOf(angle, rest, s);
        var cosine = CosineOf(angle, rest, s);
        var quarter = rounded.AsInt64() + Vector512.Create(quarters);
        var isCosine = Vector512.Equals(quarter & Vector512.Create(1L), Vector512.Create(1L)).AsDouble();
        var sign = Vector512.ShiftLeft(quarter & Vector512.Create(2L), 62).AsDouble();
        return Vector512.ConditionalSelect(isCosine, cosine, sine) ^ sign;
    }

    private static Vector512<double> SineOf(Vector512<double> x, Vector512<double> rest, Vector512<double> s)
    {
        var r = Polynomial(s, [
            8.33333333332248946124e-03, -1.98412698298579493134e-04, 2.75573137070700676789e-06, -2.50507602534068634195e-08,
            1.58969099521155010221e-10
        ]);
        var cube = s * x;
        return x - ((s * ((rest * 0.5) - (cube * r))) - rest + (cube * 1.66666666666666324348e-01));
    }

    private static Vector512<double> CosineOf(Vector512<double> x, Vector512<double> rest, Vector512<double> s)
    {
        var r = s * Polynomial(
            s, [
                4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05, -2.75573143513906633035e-07,
                2.08757232129817482790e-09, -1.13596475577881948265e-11
            ]);
        var half = s * 0.5;
        var one = Vector512<double>.One - half;
        return one + (Vector512<double>.One - one - half + ((s * r) - (x * rest)));
    }

    private static Vector512<double> Polynomial(Vector512<double> x, ReadOnlySpan<double> coefficients)
    {
        var y = Vector512.Create(coefficients[^1]);
        for (var i = coefficients.Length - 2; i >= 0; i--)
        {
            y = (y * x) + Vector512.Create(coefficients[i]);
        }

        return y;
    }
}
