using Brachy.Extending;

namespace Brachy;

// Division whose result is an integer.
public static partial class F
{
    /// <summary>
    /// Elementwise division, perhaps rounded. Shape: broadcast of both; dtype: promoted (unrounded quotients of integers are float32).
    /// </summary>
    /// <param name="left">Any tensor.</param>
    /// <param name="right">Any tensor.</param>
    /// <param name="rounding_mode">"trunc" rounds towards 0, "floor" down; null does not round. A rounded quotient has no gradient.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The quotient is rounded, and both are bool.</exception>
    /// <exception cref="ArgumentException">There is no such mode.</exception>
    /// <exception cref="NativeOpException">Integers are divided by 0, and the quotient is rounded.</exception>
    public static Tensor div(Tensor left, Tensor right, string? rounding_mode)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        switch (rounding_mode)
        {
            case null:
                return div(left, right);
            case "floor":
                return floor_divide(left, right);
            case "trunc":
                break;
            default:
                throw new ArgumentException($"div: there is no rounding mode \"{rounding_mode}\"; use \"trunc\", \"floor\" or null.");
        }

        if (Promotion.ResultType([left.Type, right.Type]).IsFloatingPoint())
        {
            return trunc(div(left, right));
        }

        // Where the signs differ, the floor of what is no integer is one too low.
        var quotient = floor_divide(left, right);
        var isCut = logical_and(ne(left, quotient * right), logical_xor(left < 0, right < 0));
        return where(isCut, quotient + 1, quotient);
    }

    /// <inheritdoc cref="div(Tensor, Tensor, string?)"/>
    public static Tensor divide(Tensor left, Tensor right, string? rounding_mode = null) => div(left, right, rounding_mode);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.div(Tensor, Tensor, string?)"/>
    public Tensor div(Tensor right, string? rounding_mode) => F.div(this, right, rounding_mode);

    /// <inheritdoc cref="F.div(Tensor, Tensor, string?)"/>
    public Tensor divide(Tensor right, string? rounding_mode = null) => F.div(this, right, rounding_mode);
}
