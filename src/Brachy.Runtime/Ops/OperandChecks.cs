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

    public static void RequireCondition(string op, Tensor condition)
    {
        ArgumentNullException.ThrowIfNull(condition, "where");
        if (condition.dtype != DType.Bool)
        {
            throw new DTypeException($"{op}: where must be bool, but is {condition.Type}; compare first: mask != 0.");
        }
    }

    /// <summary>A number must be one that x's element type can hold: libtorch refuses others.</summary>
    public static void RequireHeld(string op, Tensor x, Tensor value)
    {
        if (value.Number is { } number && !x.dtype.Holds(number))
        {
            throw new DTypeException($"{op}: {number} does not fit x {x.Type}; cast x first: x.to(dtype).");
        }
    }

    public static void RequireTensors(string op, IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Contains(null!))
        {
            throw new ArgumentNullException(nameof(tensors), $"{op}: a tensor in the list is null.");
        }
    }

    public static void RequireDims(string op, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ndim == 0)
        {
            throw new ShapeException($"{op}: {x.Type} has no dims; give it one with x.reshape(1).");
        }
    }

    public static void RequireAtLeast(string op, Tensor x, int dims)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ndim < dims)
        {
            throw new ShapeException($"{op}: x must have at least {dims} dims, but is {x.Type}.");
        }
    }
}
