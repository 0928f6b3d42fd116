using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>
/// x times the share of the normal distribution below x, in float32 throughout, to some units in the last place: e^(z²) erfc(z) is t times
/// a polynomial in t = 1 / (1 + 0.3 z), as in <see cref="VectorMath"/>, which takes three times as long for its last digits.
/// </summary>
internal readonly struct FastGelu : IVectorFunction<float>
{
    private const float Root = 0.70710678f * 0.3f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x)
    {
        var t = Vector512<float>.One / ((Vector512.Abs(x) * Root) + Vector512<float>.One);
        var p = Vector512.Create(0.05362888942503824f);
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

        // e^(-x²/2), with what the square lost.
        var square = x * x;
        var lost = Vector512.MultiplyAddEstimate(x, x, -square);
        var power = FastExp.OfNegative(square * -0.5f);
        power -= power * lost * 0.5f;
        var half = p * t * power * 0.5f;
        half = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), half, Vector512<float>.One - half);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-14f)), x * 0, x * half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Next(Vector512<float> polynomial, Vector512<float> t, float coefficient) =>
        Vector512.MultiplyAddEstimate(polynomial, t, Vector512.Create(coefficient));
}
