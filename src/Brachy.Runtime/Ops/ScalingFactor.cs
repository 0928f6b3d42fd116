namespace Brachy;

/// <summary>Numbers that scale tensors.</summary>
internal static class ScalingFactor
{
    /// <summary>A number that scales a tensor: a whole one where the tensor holds integers, so that they stay integers.</summary>
    /// <exception cref="DTypeException">The tensor holds integers, and the number is none.</exception>
    public static Tensor Of(string op, Tensor x, double value)
    {
        if (x.dtype.IsFloatingPoint())
        {
            return value;
        }

        return Math.Floor(value) == value && Math.Abs(value) < 1L << 53
            ? (long)value
            : throw new DTypeException($"{op}: {x.Type} cannot be scaled by {value}; cast it with x.to(DType.Float32).");
    }
}
