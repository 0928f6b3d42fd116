using Brachy.Extending;
using TorchSharp;
using static Brachy.F;

namespace Brachy;

/// <summary>Rules that elementwise primitives share.</summary>
internal static class ElementRules
{
    /// <summary>Same shape and element type as the only input; libtorch has no kernel for bool.</summary>
    public static AbstractRule<AbstractArgs> UnaryNotBool { get; } = x => NotBool(x, Shapes.Unary);

    /// <summary>Same shape and element type as the only input, which must be of a floating-point type.</summary>
    public static AbstractRule<AbstractArgs> UnaryReal { get; } = x =>
    {
        Shapes.RequireFloat(x, 0, "x");
        return Shapes.Unary(x);
    };

    /// <summary>Shape of the only input; truth values.</summary>
    public static AbstractRule<AbstractArgs> UnaryBool { get; } = x => new TensorType(x[0].Shape, DType.Bool, x[0].Device);

    /// <summary>Broadcast shape and promoted element type of two inputs, which must not both be bool.</summary>
    public static AbstractRule<AbstractArgs> BinaryNotBool { get; } = x =>
        Promotion.ResultType(x.Types) == DType.Bool
            ? throw new DTypeException(
                $"{x.Primitive.Name}: two bool inputs ({x[0]} and {x[1]}) are not supported; cast one with x.to(DType.Int64).")
            : Shapes.Binary(x);

    /// <summary>Broadcast shape and promoted element type of two inputs, which must be of a floating-point type.</summary>
    public static AbstractRule<AbstractArgs> BinaryReal { get; } = x =>
        Promotion.ResultType(x.Types).IsFloatingPoint()
            ? Shapes.Binary(x)
            : throw new DTypeException(
                $"{x.Primitive.Name}: one operand must have a floating-point type, but they are {x[0]} and {x[1]}; " +
                "cast one with x.to(DType.Float32).");

    /// <summary>A gradient that comes with a value of the forward pass: both of one shape and floating-point type.</summary>
    public static AbstractRule<AbstractArgs> Backward { get; } = x =>
    {
        Shapes.RequireFloat(x, 0, "gradient");
        Shapes.RequireSameDType(x, 0, 1);
        return x[0].Shape == x[1].Shape
            ? new TensorType(x[0].Shape, x[0].DType, x.Device)
            : throw new ShapeException($"{x.Primitive.Name}: the gradient has shape {x[0].Shape}, but the value has {x[1].Shape}.");
    };

    /// <summary>The backward kernel of an elementwise function, from its slope; TorchSharp has none of them.</summary>
    /// <param name="slope">The derivative at the values of the second operand. What it makes on the way is freed.</param>
    public static EagerRule<EagerArgs> TimesSlope(Func<torch.Tensor, torch.Tensor> slope) => x => TimesSlope(x, slope);

    /// <summary>The same for a function whose slope depends on settings.</summary>
    public static EagerRule<EagerArgs<TSettings>> TimesSlope<TSettings>(Func<TSettings, torch.Tensor, torch.Tensor> slope)
        where TSettings : Settings =>
        x => TimesSlope(x, value => slope(x.Settings, value));

    private static torch.Tensor TimesSlope(EagerArgs x, Func<torch.Tensor, torch.Tensor> slope)
    {
        // Operands first: they must not belong to the scope.
        var (gradient, value) = (x[0], x[1]);
        using var scope = torch.NewDisposeScope();
        return (gradient * slope(value)).MoveToOuterDisposeScope();
    }

    private static TensorTypes NotBool(AbstractArgs x, AbstractRule<AbstractArgs> rule) => x[0].DType == DType.Bool
        ? throw new DTypeException(
            $"{x.Primitive.Name}: x must hold numbers, but is {x[0]}; use logical ops, or cast it with x.to(DType.Int64).")
        : rule(x);

    public static TensorTypes NotHalf(AbstractArgs x) => x[0].DType is DType.Float16 or DType.BFloat16
        ? throw new DTypeException($"{x.Primitive.Name}: x is {x[0]}, which libtorch has no kernel for; cast it with x.to(DType.Float32).")
        : Shapes.FloatUnary(x);

    public static Tensor NotBool(Tensor x) => x.dtype == DType.Bool && !x.Type.IsNumber ? x.to(DType.Int64) : x;

    /// <summary>
    /// A plain number as a float64 tensor, which widens no tensor with dims: numbers among themselves are combined in float32.
    /// </summary>
    public static Tensor Exact(Tensor x, Tensor g) => x.Number is { } number ? tensor(number, DType.Float64, g.device) : x;

    /// <summary>The square root, with gradient 0 at 0: an infinite one times the zero momentum there would be NaN.</summary>
    public static Tensor SafeRoot(Tensor x)
    {
        var isPositive = x > 0;
        return where(isPositive, sqrt(where(isPositive, x, 1)), 0);
    }

    /// <summary>g / y, and 0 where y is 0. The divisor is replaced, not the result, so that second derivatives do not meet 0 / 0.</summary>
    public static Tensor OverNonZero(Tensor g, Tensor y) => g / where(eq(y, 0), double.PositiveInfinity, y);
}
