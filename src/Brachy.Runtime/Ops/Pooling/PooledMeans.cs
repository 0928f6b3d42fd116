using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>What means of windows share, of whatever power.</summary>
internal static class PooledMeans
{
    public static void RequireDivisor(AbstractArgs x, long? divisor)
    {
        if (divisor == 0)
        {
            throw new ArgumentException(
                $"{x.Primitive.Name}: divisor_override is 0; give another number, or null for the size of the window.");
        }

        // The smallest int64 divided by -1 ends the process.
        if (divisor < 0 && x[0].DType == DType.Int64)
        {
            throw new DTypeException(
                $"{x.Primitive.Name}: divisor_override is {divisor}, but must be positive for x {x[0]}; cast x with x.to(DType.Float32).");
        }
    }

    public static Tensor Powers(string op, Tensor x, double p)
    {
        ArgumentNullException.ThrowIfNull(x);
        return double.IsFinite(p) && p != 0 && double.IsFinite(1 / p)
            ? pow(x, p)
            : throw new ArgumentException($"{op}: norm_type is {p}, but must be finite and not 0; for the maximum use F.max_pool2d.");
    }
}
