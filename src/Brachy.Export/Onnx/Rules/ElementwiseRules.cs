using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Functions of single elements.
internal static partial class OnnxRules
{
    private static readonly (Primitive, OnnxRule)[] s_smooth =
    [
        .. new (Primitive, string)[]
        {
            (F.Exp, "Exp"), (F.Log, "Log"), (F.Sqrt, "Sqrt"), (F.Reciprocal, "Reciprocal"), (F.Sin, "Sin"), (F.Cos, "Cos"), (F.Tan, "Tan"),
            (F.Tanh, "Tanh"), (F.Sigmoid, "Sigmoid"), (F.Erf, "Erf"), (F.Asin, "Asin"), (F.Acos, "Acos"), (F.Atan, "Atan"),
            (F.Sinh, "Sinh"), (F.Cosh, "Cosh"), (F.Asinh, "Asinh"), (F.Acosh, "Acosh"), (F.Atanh, "Atanh"),
        }.Select(rule => (rule.Item1, (OnnxRule)(x => x.Return(x.Op(rule.Item2, x.Plain, [x.In(0, x.Plain)]))))),
    ];

    private static readonly (Primitive, OnnxRule)[] s_composed =
    [
        (F.Expm1, x => x.Return(x.Expm1(x.In(0, x.Exact)))),
        (F.Log1p, x => x.Return(x.Log1p(x.In(0, x.Exact)))),
        (F.Rsqrt, x => x.Return(x.Op("Reciprocal", x.Exact, [x.Op("Sqrt", x.Exact, [x.In(0, x.Exact)])]))),
        (F.TanhBackward, x => x.Return(x.Mul(x.In(0, x.Exact), x.Sub(x.Number(1, x.Exact), x.Square(x.In(1, x.Exact)))))),
        (F.SigmoidBackward, x =>
        {
            var y = x.In(1, x.Exact);
            x.Return(x.Mul(x.In(0, x.Exact), x.Mul(x.Sub(x.Number(1, x.Exact), y), y)));
        }),
        (F.Atan2, x => x.Return(x.Atan2(x.In(0, x.Exact), x.In(1, x.Exact)))),
        (F.Hypot, x =>
        {
            // Scaled by the larger one, so that no square overflows.
            var (a, b) = (x.Abs(x.In(0, x.Exact)), x.Abs(x.In(1, x.Exact)));
            var (large, small) = (x.Op("Max", x.Exact, [a, b]), x.Op("Min", x.Exact, [a, b]));
            var isPlain = x.Op("And", DType.Bool, [x.IsFinite(large), x.Compare("Greater", large, x.Number(0, x.Exact))]);
            var ratio = x.Div(small, x.Where(isPlain, large, x.Number(1, x.Exact)));
            var length = x.Mul(large, x.Op("Sqrt", x.Exact, [x.Add(x.Number(1, x.Exact), x.Square(ratio))]));
            var isInfinite = x.Op("Or", DType.Bool, [x.IsInf(a), x.IsInf(b)]);
            x.Return(x.Where(isInfinite, x.Number(double.PositiveInfinity, x.Exact), x.Where(isPlain, length, x.Add(a, b))));
        }),
        (F.Log2, x => x.Return(x.Div(x.Op("Log", x.Exact, [x.In(0, x.Exact)]), x.Number(Math.Log(2), x.Exact)))),
        (F.Log10, x => x.Return(x.Div(x.Op("Log", x.Exact, [x.In(0, x.Exact)]), x.Number(Math.Log(10), x.Exact)))),
        (F.Exp2, x => x.Return(x.Op("Pow", x.Exact, [x.Number(2, x.Exact), x.In(0, x.Exact)]))),
        (F.LogAddExp, x => x.Return(x.LogAddExp(x.In(0, x.Exact), x.In(1, x.Exact)))),
        (F.XLogY, x =>
        {
            var (a, b) = (x.In(0, x.Exact), x.In(1, x.Exact));
            var isZero = x.Op("And", DType.Bool, [x.Compare("Equal", a, x.Number(0, x.Exact)), x.Not(x.IsNaN(b))]);
            x.Return(x.Where(isZero, x.Number(0, x.Exact), x.Mul(a, x.Op("Log", x.Exact, [b]))));
        }),
    ];

    private static readonly (Primitive, OnnxRule)[] s_simple =
    [
        (F.Neg, x => x.Return(x.Narrow(0, (v, t) => x.Op("Neg", t, [v])))),
        (F.Abs, x => x.Return(x.Narrow(0, (v, t) => x.Op("Abs", t, [v])))),
        (F.Sign, x => x.Return(x.DType == DType.Bool ? x.In(0) : x.Narrow(0, (v, t) => x.Op("Sign", t, [v])))),
        (F.Square, x => x.Return(x.Narrow(0, (v, _) => x.Mul(v, v)))),
        (F.Floor, x => x.Return(x.DType.IsFloatingPoint() ? x.Op("Floor", x.Plain, [x.In(0, x.Plain)]) : x.In(0))),
        (F.Ceil, x => x.Return(x.DType.IsFloatingPoint() ? x.Op("Ceil", x.Plain, [x.In(0, x.Plain)]) : x.In(0))),
        (F.Round, x => x.Return(x.DType.IsFloatingPoint() ? x.Op("Round", x.Plain, [x.In(0, x.Plain)]) : x.In(0))),
        (F.Trunc, x => x.Return(x.DType.IsFloatingPoint() ? x.Trunc(x.In(0, x.Plain)) : x.In(0))),
        (F.LogicalNot, x => x.Return(x.Not(x.Cast(x.In(0), DType.Bool)))),
        (F.Isnan, x => x.Return(x.IsNaN(x.In(0)))),
        (F.Isinf, x => x.Return(x.IsInf(x.In(0)))),
        (F.Isfinite, x => x.Return(x.IsFinite(x.In(0)))),
        (F.NanToNum, x => x.Return(NanToNum(x))),
        (F.CopySign, x => x.Return(x.CopySign(x.In(0, x.Exact), x.In(1, x.Exact)))),
        (F.Relu, x => x.Return(x.DType.IsFloatingPoint()
            ? x.Op("Relu", x.Plain, [x.In(0, x.Plain)]) : x.Op("Max", x.Plain, [x.In(0, x.Plain), x.Number(0, x.Plain)]))),
        (F.Cast, x => x.Return(x.Converted(x.In(0), x.DType))),
        (F.ToDevice, x => x.Return(x.In(0))),
        (F.Clone, x => x.Return(x.In(0))),
        (F.Contiguous, x => x.Return(x.In(0))),
    ];

    private static IEnumerable<(Primitive, OnnxRule)> Elementwise => s_smooth.Concat(s_composed).Concat(s_simple);

    private static Value NanToNum(RuleArgs x)
    {
        var value = x.In(0, x.Exact);
        if (!x.DType.IsFloatingPoint())
        {
            return value;
        }

        var settings = x.Settings<NanToNumSettings>();
        var largest = x.DType switch
        {
            DType.Float16 => 65504.0,
            DType.BFloat16 => 3.3895313892515355e38,
            DType.Float32 => float.MaxValue,
            _ => double.MaxValue,
        };
        var infinity = x.Number(double.PositiveInfinity, x.Exact);
        var result = x.Where(x.IsNaN(value), x.Number(settings.Nan, x.Exact), value);
        result = x.Where(x.Compare("Equal", value, infinity), x.Number(settings.PosInf ?? largest, x.Exact), result);
        var negative = x.Number(double.NegativeInfinity, x.Exact);
        return x.Where(x.Compare("Equal", value, negative), x.Number(settings.NegInf ?? -largest, x.Exact), result);
    }
}
