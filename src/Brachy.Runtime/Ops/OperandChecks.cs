namespace Brachy;

/// <summary>What several families of ops ask of their operands and numbers.</summary>
internal static class OperandChecks
{
    /// <summary>An operand must be of real numbers.</summary>
    /// <exception cref="DTypeException">It is not of a floating-point type.</exception>
    public static void RequireReal(string op, Tensor x, string argument = "x")
    {
        ArgumentNullException.ThrowIfNull(x, argument);
        if (!x.dtype.IsFloatingPoint())
        {
            throw new DTypeException(
                $"{op}: {argument} must have a floating-point type, but is {x.Type}; cast it with x.to(DType.Float32).");
        }
    }

    /// <summary>A number must be 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less, or NaN.</exception>
    public static void RequireNotNegative(string op, string argument, double value)
    {
        if (!(value >= 0))
        {
            throw new ArgumentOutOfRangeException(argument, value, $"{op}: {argument} must be 0 or more.");
        }
    }
}
