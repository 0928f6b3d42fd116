using Brachy.Extending;
using static Brachy.F;
using static Brachy.TrapezoidSteps;

namespace Brachy;

// Integrals of sampled functions.
public static partial class F
{
    /// <summary>The integral of samples along a dim, by the trapezoidal rule. The dim disappears; integers become float32.</summary>
    /// <param name="y">The samples, a tensor with dims.</param>
    /// <param name="dx">The distance between two samples.</param>
    /// <param name="dim">Along which dim; negative dims count from the end.</param>
    /// <exception cref="ShapeException">The dim does not exist.</exception>
    public static Tensor trapezoid(Tensor y, double dx = 1, long dim = -1)
    {
        var (left, right, at) = Neighbours("trapezoid", y, dim);
        return sum(left + right, at) * (dx / 2);
    }

    /// <summary>
    /// The integral of samples along a dim over their places, by the trapezoidal rule. The dim disappears; integers become float32.
    /// </summary>
    /// <param name="y">The samples, a tensor with dims.</param>
    /// <param name="x">Where they were taken: one dim, or dims that broadcast with those of y.</param>
    /// <param name="dim">Along which dim; negative dims count from the end.</param>
    /// <exception cref="ShapeException">The dim does not exist, or there are not as many places as samples.</exception>
    public static Tensor trapezoid(Tensor y, Tensor x, long dim = -1)
    {
        var (left, right, at) = Neighbours("trapezoid", y, dim);
        return sum((left + right) * Widths("trapezoid", y, x, at) / 2, y.ndim == left.ndim ? at - y.ndim : at);
    }

    /// <summary>The same as <see cref="trapezoid(Tensor, double, long)"/>.</summary>
    /// <inheritdoc cref="trapezoid(Tensor, double, long)"/>
    public static Tensor trapz(Tensor y, double dx = 1, long dim = -1) => trapezoid(y, dx, dim);

    /// <summary>The same as <see cref="trapezoid(Tensor, Tensor, long)"/>.</summary>
    /// <inheritdoc cref="trapezoid(Tensor, Tensor, long)"/>
    public static Tensor trapz(Tensor y, Tensor x, long dim = -1) => trapezoid(y, x, dim);

    /// <summary>
    /// The integrals from the first sample up to each further one; see <see cref="trapezoid(Tensor, double, long)"/>.
    /// The dim is shorter by one.
    /// </summary>
    /// <inheritdoc cref="trapezoid(Tensor, double, long)"/>
    public static Tensor cumulative_trapezoid(Tensor y, double dx = 1, long dim = -1)
    {
        var (left, right, at) = Neighbours("cumulative_trapezoid", y, dim);
        return cumsum(left + right, at) * (dx / 2);
    }

    /// <summary>
    /// The integrals from the first sample up to each further one; see <see cref="trapezoid(Tensor, Tensor, long)"/>.
    /// The dim is shorter by one.
    /// </summary>
    /// <inheritdoc cref="trapezoid(Tensor, Tensor, long)"/>
    public static Tensor cumulative_trapezoid(Tensor y, Tensor x, long dim = -1)
    {
        var (left, right, at) = Neighbours("cumulative_trapezoid", y, dim);
        return cumsum((left + right) * Widths("cumulative_trapezoid", y, x, at) / 2, at - y.ndim);
    }
}

/// <summary>Neighbours and the widths between them.</summary>
file static class TrapezoidSteps
{
    public static (Tensor Left, Tensor Right, int At) Neighbours(string op, Tensor y, long dim)
    {
        ArgumentNullException.ThrowIfNull(y);
        OperandChecks.RequireDims(op, y);
        var at = Shapes.NormalizeDim(op, dim, y.ndim);
        var real = to(y, Promotion.ToFloat(y.dtype));
        return (slice(real, at, 0, Math.Max(0, y.shape[at] - 1)), slice(real, at, 1), at);
    }

    public static Tensor Widths(string op, Tensor y, Tensor x, int at)
    {
        ArgumentNullException.ThrowIfNull(x);
        OperandChecks.RequireDims(op, x);
        var along = x.ndim == 1 ? 0 : x.ndim - (y.ndim - at);
        if (along < 0 || (x.shape[along] != y.shape[at] && x.shape[along] != 1))
        {
            throw new ShapeException(
                $"{op}: there are {y.shape[at]} samples along dim {at} of y {y.Type}, but x is {x.Type}; give as many places.");
        }

        var places = to(x, Promotion.ToFloat(x.dtype));
        var widths = slice(places, along, 1) - slice(places, along, 0, Math.Max(0, x.shape[along] - 1));
        return x.ndim == 1 ? reshape(widths, [widths.numel(), .. Enumerable.Repeat(1L, y.ndim - 1 - at)]) : widths;
    }
}
