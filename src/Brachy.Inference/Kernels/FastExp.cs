using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>
/// The exponential in float32 throughout, to about one unit in the last place. The polynomial is that of S. L. Moshier's Cephes library
/// (expf.c).
/// </summary>
internal static class FastExp
{
    /// <summary>Nearly where results are subnormal, or infinite.</summary>
    public const float Most = 87;

    // Adding it rounds to a whole number, which then is in the last bits.
    private const float Rounding = 12582912;

    /// <summary>That of numbers that are not positive, 0 below -<see cref="Most"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> OfNegative(Vector512<float> x)
    {
        var isSmall = Vector512.LessThan(x, Vector512.Create(-Most));
        var power = Of(Vector512.ConditionalSelect(isSmall, Vector512.Create(-Most), x));
        return Vector512.ConditionalSelect(isSmall, Vector512<float>.Zero, power);
    }

    /// <summary>That of numbers from -<see cref="Most"/> to <see cref="Most"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x)
    {
        var shifted = Vector512.MultiplyAddEstimate(x, Vector512.Create(1.44269504f), Vector512.Create(Rounding));
        var power = shifted - Vector512.Create(Rounding);
        var rest = Vector512.MultiplyAddEstimate(power, Vector512.Create(-0.693359375f), x);
        rest = Vector512.MultiplyAddEstimate(power, Vector512.Create(2.12194440e-4f), rest);
        var p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.MultiplyAddEstimate(p, rest, Vector512.Create(1.3981999507e-3f));
        p = Vector512.MultiplyAddEstimate(p, rest, Vector512.Create(8.3334519073e-3f));
        p = Vector512.MultiplyAddEstimate(p, rest, Vector512.Create(4.1665795894e-2f));
        p = Vector512.MultiplyAddEstimate(p, rest, Vector512.Create(1.6666665459e-1f));
        p = Vector512.MultiplyAddEstimate(p, rest, Vector512.Create(5.0000001201e-1f));
        p = Vector512.MultiplyAddEstimate(p, rest * rest, rest + Vector512<float>.One);
        return p * (Vector512.ShiftLeft(shifted.AsInt32(), 23) + Vector512.Create(127 << 23)).AsSingle();
    }
}

/// <summary>
/// The exponential of what a number is less than another, which is not positive but for rounding; its last bit does not matter.
/// </summary>
internal readonly struct ExpOfDifference(Vector512<float> subtrahend) : IVectorFunction<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x) => FastExp.OfNegative(x - subtrahend);
}
