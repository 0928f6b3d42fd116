using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>
/// The share of the normal distribution below x. With z = |x| / √2, e^(z²) erfc(z) is t times a polynomial in t = 1 / (1 + 0.3 z), fitted
/// to a relative error of 7e-10 for z up to 11, where float32 ends.
/// </summary>
internal static class NormalShare
{
    /// <summary>Up to here the share in float32 is right to a few units in the last place; above, it is 1 there.</summary>
    public const float Far = 9;

    private const double InverseRoot = 0.7071067811865475;

    private static readonly double[] s_coefficients =
    [
        0.16927639939037353, 0.1687871325144931, 0.1666456325890065, 0.11525743330358294, 0.25019437870059325, -0.24538504396279695,
        0.7172305901676704, -0.7848953483493476, 0.709183655939861, -0.31992372040415157, 0.05362888942503824,
    ];

    /// <summary>In float32, for numbers between -<see cref="Far"/> and <see cref="Far"/>.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="power">e^(-x² / 2).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Below(Vector512<float> x, out Vector512<float> power)
    {
        var t = Vector512<float>.One / ((Vector512.Abs(x) * (float)(InverseRoot * 0.3)) + Vector512<float>.One);
        var p = Vector512.Create((float)0.05362888942503824);
        p = Next(p, t, -0.31992372040415157f);
        p = Next(p, t, 0.709183655939861f);
        p = Next(p, t, -0.7848953483493476f);
        p = Next(p, t, 0.7172305901676704f);
        p = Next(p, t, -0.24538504396279695f);
        p = Next(p, t, 0.25019437870059325f);
        p = Next(p, t, 0.11525743330358294f);
        p = Next(p, t, 0.1666456325890065f);
        p = Next(p, t, 0.1687871325144931f);
        p = Next(p, t, 0.16927639939037353f);

        // With what the square lost.
        var square = x * x;
        var lost = Vector512.MultiplyAddEstimate(x, x, -square);
        power = FastExp.Of(square * -0.5f);
        power -= power * lost * 0.5f;
        var half = p * t * power * 0.5f;
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), half, Vector512<float>.One - half);
    }

    /// <summary>In float64, to the digits of float32.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="power">e^(-x² / 2).</param>
    public static Vector512<double> Below(Vector512<double> x, out Vector512<double> power)
    {
        var z = Vector512.Abs(x) * InverseRoot;
        var t = Vector512<double>.One / ((z * 0.3) + Vector512<double>.One);
        var polynomial = Vector512.Create(s_coefficients[^1]);
        for (var i = s_coefficients.Length - 2; i >= 0; i--)
        {
            polynomial = (polynomial * t) + Vector512.Create(s_coefficients[i]);
        }

        power = VectorMath.Exp(-(z * z));
        var half = polynomial * t * power * 0.5;
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<double>.Zero), half, Vector512<double>.One - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Next(Vector512<float> polynomial, Vector512<float> t, float coefficient) =>
        Vector512.MultiplyAddEstimate(polynomial, t, Vector512.Create(coefficient));
}

/// <summary>x times the share of the normal distribution below x.</summary>
internal readonly struct GeluFunction : IVectorFunction<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x)
    {
        var near = Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512.Create(NormalShare.Far)), x, x * NormalShare.Below(x, out _));
        var isFar = ~Vector512.GreaterThanOrEqual(x, Vector512.Create(-NormalShare.Far));
        return Vector512.EqualsAll(isFar.AsInt32(), Vector512<int>.Zero) ? near : Vector512.ConditionalSelect(isFar, OfFar(x), near);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> OfFar(Vector512<float> x) =>
        Vector512.Narrow(OfFar(Vector512.WidenLower(x)), OfFar(Vector512.WidenUpper(x)));

    private static Vector512<double> OfFar(Vector512<double> x) => x * NormalShare.Below(x, out _);
}

/// <summary>The slope of <see cref="GeluFunction"/>: the share, and x times the density.</summary>
internal readonly struct GeluSlope : IVectorFunction<float>
{
    private const double Density = 0.3989422804014327;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x)
    {
        var share = NormalShare.Below(x, out var power);
        var near = Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512.Create(NormalShare.Far)), Vector512<float>.One, share + (x * power * (float)Density));
        var isFar = ~Vector512.GreaterThanOrEqual(x, Vector512.Create(-NormalShare.Far));
        return Vector512.EqualsAll(isFar.AsInt32(), Vector512<int>.Zero) ? near : Vector512.ConditionalSelect(isFar, OfFar(x), near);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> OfFar(Vector512<float> x) =>
        Vector512.Narrow(OfFar(Vector512.WidenLower(x)), OfFar(Vector512.WidenUpper(x)));

    private static Vector512<double> OfFar(Vector512<double> x)
    {
        var share = NormalShare.Below(x, out var power);
        return share + (x * power * Density);
    }
}
