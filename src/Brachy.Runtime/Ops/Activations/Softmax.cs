using Brachy.Extending;
using static Brachy.F;
using static Brachy.SoftmaxRules;

namespace Brachy;

// Normalised exponentials.
public static partial class F
{
    /// <summary>exp(x) divided by its sum along a dim. Shape and element type: as x.</summary>
    /// <param name="x">A floating-point tensor; with a dtype, any tensor of numbers.</param>
    /// <param name="dim">The dim that sums to 1.</param>
    /// <param name="dtype">The floating-point type that x is cast to first, and that of the result; null for that of x.</param>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    /// <exception cref="DTypeException">x is not floating-point after the cast.</exception>
    public static Tensor softmax(Tensor x, long dim, DType? dtype = null) =>
        Softmax.Bind(new DimSettings(dim), dtype is null ? x : to(x, dtype.Value));

    /// <summary>Softmax over the elements where a condition holds; the others become 0, and so does a dim where none holds.</summary>
    /// <param name="x">A floating-point tensor.</param>
    /// <param name="dim">The dim that sums to 1.</param>
    /// <param name="where">Truth values that broadcast with x.</param>
    /// <exception cref="DTypeException">x is not floating-point, or the condition is not bool.</exception>
    public static Tensor softmax(Tensor x, long dim, Tensor where)
    {
        OperandChecks.RequireCondition("softmax", where);
        return F.where(where, softmax(F.where(where, x, LowestOf(x)), dim), 0);
    }

    /// <summary>The softmax of minus x: the smallest element gets the largest share.</summary>
    /// <inheritdoc cref="softmax(Tensor, long, DType?)"/>
    public static Tensor softmin(Tensor x, long dim, DType? dtype = null) => softmax(-(dtype is null ? x : to(x, dtype.Value)), dim);

    internal static readonly Primitive<DimSettings> Softmax = new("softmax")
    {
        Abstract = AlongFloatDim,
        Eager = x => x[0].softmax(x.Settings.Dim),
        Script = x => $"torch._softmax({x[0]}, {x.Settings.Dim}, False{x.Into})",
        Batching = BatchedFamilies.Dim,
        Vjp = Vjp.Rule<DimSettings>((g, y, x) => [softmax_backward(g, y, x.Settings)]),
        Jvp = Jvp.Elementwise,
        InPlace = InPlace.IntoRows("out", 0),
    };

    internal static Tensor softmax_backward(Tensor g, Tensor y, DimSettings settings) => SoftmaxBackward.Bind(settings, g, y);

    internal static readonly Primitive<DimSettings> SoftmaxBackward = new("softmax_backward")
    {
        Abstract = GradientAndResult,
        Eager = x =>
        {
            var product = x.Temporary(x[0].mul(x[1]));
            var sum = x.Temporary(product.sum([x.Settings.Dim], true));
            return product.sub(x.Temporary(x[1].mul(sum)));
        },
        Script = x => $"torch._softmax_backward_data({x[0]}, {x[1]}, {x.Settings.Dim}, {Script.Type(x.Types[0].DType)}{x.Into})",
        Batching = BatchedFamilies.Dim,
        Vjp = Vjp.Decompose<DimSettings>(x => [x[1] * (x[0] - sum(x[0] * x[1], [x.Settings.Dim], true))]),
        Jvp = Jvp.Linear(0),
        InPlace = InPlace.IntoRows("grad_input", 0),
    };

    /// <summary>x minus the logarithm of the sum of exp(x) along a dim. Shape and element type: as x.</summary>
    /// <param name="x">A floating-point tensor; with a dtype, any tensor of numbers.</param>
    /// <param name="dim">The dim whose exponentials sum to 1.</param>
    /// <param name="dtype">The floating-point type that x is cast to first, and that of the result; null for that of x.</param>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    /// <exception cref="DTypeException">x is not floating-point after the cast.</exception>
    public static Tensor log_softmax(Tensor x, long dim, DType? dtype = null) =>
        LogSoftmax.Bind(new DimSettings(dim), dtype is null ? x : to(x, dtype.Value));

    /// <summary>Log softmax over the elements where a condition holds; the others become minus infinity.</summary>
    /// <param name="x">A floating-point tensor.</param>
    /// <param name="dim">The dim whose exponentials sum to 1.</param>
    /// <param name="where">Truth values that broadcast with x.</param>
    /// <exception cref="DTypeException">x is not floating-point, or the condition is not bool.</exception>
    public static Tensor log_softmax(Tensor x, long dim, Tensor where)
    {
        OperandChecks.RequireCondition("log_softmax", where);
        return F.where(where, log_softmax(F.where(where, x, LowestOf(x)), dim), double.NegativeInfinity);
    }

    internal static readonly Primitive<DimSettings> LogSoftmax = new("log_softmax")
    {
        Abstract = AlongFloatDim,
        Eager = x => x[0].log_softmax(x.Settings.Dim),
        Script = x => $"torch._log_softmax({x[0]}, {x.Settings.Dim}, False{x.Into})",
        Batching = BatchedFamilies.Dim,
        Vjp = Vjp.Rule<DimSettings>((g, y, x) => [log_softmax_backward(g, y, x.Settings)]),
        Jvp = Jvp.Rule<DimSettings>((t, y, x) => t[0]! - sum(exp(y) * t[0]!, [x.Settings.Dim], keepdim: true)),
        InPlace = InPlace.IntoRows("out", 0),
    };

    internal static readonly Primitive<DimSettings> LogSoftmaxBackward = new("log_softmax_backward")
    {
        Abstract = GradientAndResult,
        Eager = x =>
        {
            var sum = x.Temporary(x[0].sum([x.Settings.Dim], true));
            return x[0].sub(x.Temporary(x.Temporary(x[1].exp()).mul(sum)));
        },
        Script = x => $"torch._log_softmax_backward_data({x[0]}, {x[1]}, {x.Settings.Dim}, {Script.Type(x.Types[0].DType)}{x.Into})",
        Batching = BatchedFamilies.Dim,
        Vjp = Vjp.Decompose<DimSettings>(x => [x[0] - (exp(x[1]) * sum(x[0], [x.Settings.Dim], true))]),
        Jvp = Jvp.Linear(0),
        InPlace = InPlace.IntoRows("out", 0),
    };
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.softmax(Tensor, long, DType?)"/>
    public Tensor softmax(long dim, DType? dtype = null) => F.softmax(this, dim, dtype);

    /// <inheritdoc cref="F.log_softmax(Tensor, long, DType?)"/>
    public Tensor log_softmax(long dim, DType? dtype = null) => F.log_softmax(this, dim, dtype);
}

/// <summary>The rules of softmax.</summary>
file static class SoftmaxRules
{
    public static Tensor log_softmax_backward(Tensor g, Tensor y, DimSettings settings) => LogSoftmaxBackward.Bind(settings, g, y);

    public static TensorTypes AlongFloatDim(AbstractArgs<DimSettings> x)
    {
        Shapes.RequireFloat(x, 0, "x");
        _ = Shapes.NormalizeDim(x.Primitive.Name, x.Settings.Dim, x[0].Rank);
        return x[0].WithShape(x[0].Shape);
    }

    public static TensorTypes GradientAndResult(AbstractArgs<DimSettings> x)
    {
        Shapes.RequireSameDType(x, 0, 1);
        _ = AlongFloatDim(x);
        return x[0].Shape == x[1].Shape
            ? new TensorType(x[0].Shape, x[0].DType, x.Device)
            : throw new ShapeException($"{x.Primitive.Name}: the gradient {x[0]} and the result {x[1]} differ in shape.");
    }

    // Finite, so that a row without any true element gives no NaN.
    public static double LowestOf(Tensor x) => x?.dtype switch
    {
        DType.Float16 => -65504,
        DType.BFloat16 => -3.3895e38,
        DType.Float64 => double.MinValue,
        _ => float.MinValue,
    };
}
