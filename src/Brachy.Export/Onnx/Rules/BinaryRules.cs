using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Arithmetic, comparison and logic of two operands.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Binary =>
    [
        (F.Add, x => x.Return(x.DType == DType.Bool ? x.Or(x.In(0), x.In(1)) : Arithmetic(x, "Add"))),
        (F.Sub, x => x.Return(Arithmetic(x, "Sub"))),
        (F.Mul, x => x.Return(x.DType == DType.Bool ? x.And(x.In(0), x.In(1)) : Arithmetic(x, "Mul"))),
        (F.Div, x => x.Return(Arithmetic(x, "Div"))),
        (F.Pow, x => x.Return(Arithmetic(x, "Pow"))),
        (F.Maximum, x => x.Return(x.DType == DType.Bool ? x.Or(x.In(0), x.In(1)) : Extremum(x, "Max"))),
        (F.Minimum, x => x.Return(x.DType == DType.Bool ? x.And(x.In(0), x.In(1)) : Extremum(x, "Min"))),
        (F.Remainder, x => x.Return(x.DType.IsFloatingPoint() ? Remainder(x) : Arithmetic(x, "Mod"))),
        (F.FMod, x =>
        {
            var type = x.Plain;
            x.Return(x.Op("Mod", type, [x.In(0, type), x.In(1, type)], ("fmod", 1L)));
        }),
        (F.FloorDivide, x => x.Return(FloorDivide(x))),
        (F.Clamp, x => x.Return(Clamp(x))),
        (F.Eq, x => x.Return(Comparison(x, "Equal"))),
        (F.Ne, x => x.Return(x.Not(Comparison(x, "Equal")))),
        (F.Lt, x => x.Return(Comparison(x, "Less"))),
        (F.Le, x => x.Return(Comparison(x, "LessOrEqual"))),
        (F.Gt, x => x.Return(Comparison(x, "Greater"))),
        (F.Ge, x => x.Return(Comparison(x, "GreaterOrEqual"))),
        (F.LogicalAnd, x => x.Return(x.And(x.In(0, DType.Bool), x.In(1, DType.Bool)))),
        (F.LogicalOr, x => x.Return(x.Or(x.In(0, DType.Bool), x.In(1, DType.Bool)))),
        (F.LogicalXor, x => x.Return(x.Op("Xor", DType.Bool, [x.In(0, DType.Bool), x.In(1, DType.Bool)]))),
        (F.Where, x => x.Return(x.Where(x.In(0, DType.Bool), x.In(1, x.Plain), x.In(2, x.Plain)))),
        (F.BitwiseAnd, x => x.Return(x.Op(x.DType == DType.Bool ? "And" : "BitwiseAnd", x.DType, [x.In(0, x.DType), x.In(1, x.DType)]))),
        (F.BitwiseOr, x => x.Return(x.Op(x.DType == DType.Bool ? "Or" : "BitwiseOr", x.DType, [x.In(0, x.DType), x.In(1, x.DType)]))),
        (F.BitwiseXor, x => x.Return(x.Op(x.DType == DType.Bool ? "Xor" : "BitwiseXor", x.DType, [x.In(0, x.DType), x.In(1, x.DType)]))),
        (F.BitwiseNot, x => x.Return(x.Op(x.DType == DType.Bool ? "Not" : "BitwiseNot", x.DType, [x.In(0, x.DType)]))),
    ];

    private static Value Arithmetic(RuleArgs x, string op)
    {
        var type = x.Plain;
        return x.Cast(x.Op(op, type, [x.In(0, type), x.In(1, type)]), x.DType);
    }

    private static Value Comparison(RuleArgs x, string op)
    {
        var type = ArithmeticSteps.Wide(Promotion.ResultType([x.Type(0), x.Type(1)]));
        return x.Compare(op, x.In(0, type), x.In(1, type));
    }

    /// <summary>ONNX does not say what Max and Min do with NaN; here it wins.</summary>
    private static Value Extremum(RuleArgs x, string op)
    {
        var type = x.Plain;
        var (a, b) = (x.In(0, type), x.In(1, type));
        var result = x.Op(op, type, [a, b]);
        if (type.IsFloatingPoint())
        {
            var sum = x.Add(a, b);
            result = x.Where(x.Or(x.IsNaN(a), x.IsNaN(b)), sum, result);
        }

        return x.Cast(result, x.DType);
    }

    /// <summary>With the sign of the divisor, which ONNX's Mod has for integers alone.</summary>
    private static Value Remainder(RuleArgs x)
    {
        var (a, b) = (x.In(0, x.Exact), x.In(1, x.Exact));
        var zero = x.Number(0, x.Exact);
        var rest = x.Op("Mod", x.Exact, [a, b], ("fmod", 1L));
        var differs = x.Op("Xor", DType.Bool, [x.Compare("Less", rest, zero), x.Compare("Less", b, zero)]);
        var isWrong = x.And(x.Not(x.Compare("Equal", rest, zero)), differs);
        return x.Where(isWrong, x.Add(rest, b), rest);
    }

    private static Value FloorDivide(RuleArgs x)
    {
        var type = x.Plain;
        var (a, b) = (x.In(0, type), x.In(1, type));
        if (type.IsFloatingPoint())
        {
            return x.Op("Floor", type, [x.Div(a, b)]);
        }

        // Div of integers cuts towards zero, or is not defined; without the rest it is exact.
        return x.Cast(x.Div(x.Sub(a, x.Op("Mod", type, [a, b])), b), x.DType);
    }

    private static Value Clamp(RuleArgs x)
    {
        var (settings, type) = (x.Settings<ClampSettings>(), x.Plain);
        var value = x.In(0, type);
        var min = settings.Min is { } low ? x.Number(low, type) : null;
        var max = settings.Max is { } high ? x.Number(high, type) : null;
        var result = x.Op("Clip", type, [value, min, max]);
        return x.Cast(type.IsFloatingPoint() ? x.Where(x.IsNaN(value), value, result) : result, x.DType);
    }
}
