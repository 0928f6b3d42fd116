namespace Brachy.Tests.Ops.Samples;

/// <summary>Short names for the operands of samples: the same at each call.</summary>
internal static class Given
{
    /// <summary>float64 numbers from −2 to 2.</summary>
    public static Tensor Reals(params long[] shape) => Make.Real(shape);

    /// <summary>Other float64 numbers for each seed.</summary>
    public static Tensor Seeded(int seed, params long[] shape) => Make.Real(shape, seed: seed + 1);

    public static Tensor Float32(int seed, params long[] shape) => Make.Real(shape, DType.Float32, seed + 1);

    public static Tensor Positive(int seed, params long[] shape) => Make.Positive(shape, seed: seed + 1);

    /// <summary>float64 numbers with another layout in memory: the last two dims were swapped.</summary>
    public static Tensor Strided(params long[] shape) => SeededStrided(0, shape);

    public static Tensor SeededStrided(int seed, params long[] shape)
    {
        var swapped = (long[])shape.Clone();
        (swapped[^1], swapped[^2]) = (swapped[^2], swapped[^1]);
        return F.transpose(Seeded(seed, swapped), -1, -2);
    }

    public static Tensor Whole(long[] values, params long[] shape) => Tensor.FromArray(values, shape);

    public static Tensor Whole32(int[] values, params long[] shape) => Tensor.FromArray(values, shape);

    public static Tensor Flags(bool[] values, params long[] shape) => Tensor.FromArray(values, shape);

    public static Tensor Scalar(double value, DType dtype = DType.Float64) => Make.Of([], dtype, _ => value);

    public static Tensor Key(long value) => Whole([value]);
}
