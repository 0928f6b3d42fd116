namespace Brachy.IO.Onnx;

/// <summary>Steps that rules are made of. Operands have one element type, which is that of the result.</summary>
internal static class ArithmeticSteps
{
    public static Value Add(this RuleArgs x, Value a, Value b) => x.Op("Add", a.DType, [a, b]);

    public static Value Sub(this RuleArgs x, Value a, Value b) => x.Op("Sub", a.DType, [a, b]);

    public static Value Mul(this RuleArgs x, Value a, Value b) => x.Op("Mul", a.DType, [a, b]);

    public static Value Div(this RuleArgs x, Value a, Value b) => x.Op("Div", a.DType, [a, b]);

    public static Value Square(this RuleArgs x, Value a) => x.Mul(a, a);

    public static Value Neg(this RuleArgs x, Value a) => x.Op("Neg", a.DType, [a]);

    public static Value Abs(this RuleArgs x, Value a) => x.Op("Abs", a.DType, [a]);

    public static Value Exp(this RuleArgs x, Value a) => x.Op("Exp", a.DType, [a]);

    public static Value Log(this RuleArgs x, Value a) => x.Op("Log", a.DType, [a]);

    public static Value Where(this RuleArgs x, Value condition, Value a, Value b) => x.Op("Where", a.DType, [condition, a, b]);

    public static Value Not(this RuleArgs x, Value a) => x.Op("Not", DType.Bool, [a]);

    public static Value And(this RuleArgs x, Value a, Value b) => x.Op("And", DType.Bool, [a, b]);

    public static Value Or(this RuleArgs x, Value a, Value b) => x.Op("Or", DType.Bool, [a, b]);

    /// <summary>A comparison: <c>Equal</c>, <c>Less</c>, <c>LessOrEqual</c>, <c>Greater</c> or <c>GreaterOrEqual</c>.</summary>
    public static Value Compare(this RuleArgs x, string op, Value a, Value b) => x.Op(op, DType.Bool, [a, b]);

    public static Value IsNaN(this RuleArgs x, Value a) =>
        a.DType.IsFloatingPoint() ? x.Op("IsNaN", DType.Bool, [a]) : x.All(a, false);

    public static Value IsInf(this RuleArgs x, Value a) =>
        a.DType.IsFloatingPoint() ? x.Op("IsInf", DType.Bool, [a]) : x.All(a, false);

    public static Value IsFinite(this RuleArgs x, Value a) => a.DType.IsFloatingPoint()
        ? x.Not(x.Or(x.IsNaN(a), x.IsInf(a))) : x.All(a, true);

    /// <summary>One truth value for each element.</summary>
    public static Value All(this RuleArgs x, Value a, bool value) =>
        x.Op("Expand", DType.Bool, [x.Number(value, DType.Bool), x.Op("Shape", DType.Int64, [a])]);

    /// <summary>
    /// A function of an operand, computed in the type that kernels have.
    /// </summary>
    public static Value Narrow(this RuleArgs x, int operand, Func<Value, DType, Value> function)
    {
        return function(x.In(operand, x.Plain), x.Plain);
    }

    /// <summary>The type in which numbers of a type are computed: runtimes have few kernels for small integers and bfloat16.</summary>
    public static DType Wide(DType dtype) => dtype switch
    {
        DType.UInt8 or DType.Int8 or DType.Int16 or DType.Bool => DType.Int32,
        DType.BFloat16 => DType.Float32,
        _ => dtype,
    };

    /// <summary>Towards zero.</summary>
    public static Value Trunc(this RuleArgs x, Value a) =>
        x.Where(x.Compare("Less", a, x.Number(0, a.DType)), x.Op("Ceil", a.DType, [a]), x.Op("Floor", a.DType, [a]));

    /// <summary>As another element type; real numbers are cut towards zero, and go by way of int64, as integers wrap.</summary>
    public static Value Converted(this RuleArgs x, Value a, DType dtype) =>
        a.DType.IsFloatingPoint() && dtype is DType.UInt8 or DType.Int8 or DType.Int16 or DType.Int32
            ? x.Cast(x.Cast(a, DType.Int64), dtype)
            : x.Cast(a, dtype);

    /// <summary>The size of one with the sign of another; 0 and -0 have signs.</summary>
    public static Value CopySign(this RuleArgs x, Value a, Value sign)
    {
        var zero = x.Number(0, a.DType);
        var isMinusZero = x.And(
            x.Compare("Equal", sign, zero), x.Compare("Less", x.Op("Reciprocal", a.DType, [sign]), zero));
        var isNegative = x.Or(x.Compare("Less", sign, zero), isMinusZero);
        var size = x.Abs(a);
        return x.Where(isNegative, x.Neg(size), size);
    }

    /// <summary>e^a - 1, exact for small a: by Kahan's quotient of what rounding left.</summary>
    public static Value Expm1(this RuleArgs x, Value a)
    {
        var one = x.Number(1, a.DType);
        var e = x.Exp(a);
        var less = x.Sub(e, one);
        var isSmall = x.Compare("Equal", e, one);
        var isPlain = x.And(x.Compare("Less", x.Abs(a), x.Number(1, a.DType)), x.Not(isSmall));
        var logarithm = x.Where(isPlain, x.Log(e), one);
        return x.Where(isSmall, a, x.Where(isPlain, x.Mul(less, x.Div(a, logarithm)), less));
    }

    /// <summary>log(1 + a), exact for small a: by the quotient of what rounding left.</summary>
    public static Value Log1p(this RuleArgs x, Value a)
    {
        var one = x.Number(1, a.DType);
        var sum = x.Add(one, a);
        var less = x.Sub(sum, one);
        var isSmall = x.Compare("Equal", less, x.Number(0, a.DType));
        var isPlain = x.And(x.Compare("Less", x.Abs(a), x.Number(1, a.DType)), x.Not(isSmall));
        var logarithm = x.Log(sum);
        var exact = x.Mul(logarithm, x.Div(a, x.Where(isPlain, less, one)));
        return x.Where(isSmall, a, x.Where(isPlain, exact, logarithm));
    }

    /// <summary>log(e^a + e^b), without overflow.</summary>
    public static Value LogAddExp(this RuleArgs x, Value a, Value b)
    {
        var large = x.Op("Max", a.DType, [a, b]);
        var difference = x.Neg(x.Abs(x.Sub(a, b)));
        var isSame = x.And(x.IsInf(a), x.Compare("Equal", a, b));
        return x.Where(isSame, large, x.Add(large, x.Log1p(x.Exp(difference))));
    }

    /// <summary>The angle of a point, from -π to π.</summary>
    public static Value Atan2(this RuleArgs x, Value y, Value a)
    {
        var zero = x.Number(0, a.DType);
        var half = x.CopySign(x.Number(Math.PI / 2, a.DType), y);
        var isFlat = x.Compare("Equal", a, zero);
        var angle = x.Op("Atan", a.DType, [x.Div(y, x.Where(isFlat, x.Number(1, a.DType), a))]);
        var turned = x.Where(x.Compare("Less", a, zero), x.Add(angle, x.CopySign(x.Number(Math.PI, a.DType), y)), angle);
        var isOrigin = x.And(isFlat, x.Compare("Equal", y, zero));
        return x.Where(isOrigin, y, x.Where(isFlat, half, turned));
    }
}
