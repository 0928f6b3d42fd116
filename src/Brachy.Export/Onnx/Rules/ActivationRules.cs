using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Activations, softmax and what attention is made of.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Activations =>
    [
        (F.Gelu, x => x.Return(x.Op(
            "Gelu", x.Exact, [x.In(0, x.Exact)], ("approximate", x.Settings<GeluSettings>().Approximate)))),
        (F.Silu, x =>
        {
            var value = x.In(0, x.Exact);
            x.Return(x.Mul(value, x.Op("Sigmoid", x.Exact, [value])));
        }),
        (F.LeakyRelu, x => x.Return(x.Op(
            "LeakyRelu", x.Plain, [x.In(0, x.Plain)], ("alpha", x.Settings<LeakyReluSettings>().NegativeSlope)))),
        (F.Hardtanh, x => x.Return(Hardtanh(x))),
        (F.Hardsigmoid, x =>
        {
            var value = x.Div(x.Add(x.In(0, x.Exact), x.Number(3, x.Exact)), x.Number(6, x.Exact));
            var result = x.Op("Clip", x.Exact, [value, x.Number(0, x.Exact), x.Number(1, x.Exact)]);
            x.Return(x.Where(x.IsNaN(value), value, result));
        }),
        (F.Hardswish, x =>
        {
            var value = x.In(0, x.Exact);
            var share = x.Op("Clip", x.Exact, [x.Add(value, x.Number(3, x.Exact)), x.Number(0, x.Exact), x.Number(6, x.Exact)]);
            x.Return(x.Div(x.Mul(value, share), x.Number(6, x.Exact)));
        }),
        (F.Elu, x =>
        {
            var settings = x.Settings<EluSettings>();
            var value = x.In(0, x.Exact);
            var zero = x.Number(0, x.Exact);
            var low = x.Mul(
                x.Number(settings.Alpha * settings.Scale, x.Exact),
                x.Expm1(x.Op("Min", x.Exact, [x.Mul(value, x.Number(settings.InputScale, x.Exact)), zero])));
            var high = x.Mul(value, x.Number(settings.Scale, x.Exact));
            x.Return(x.Where(x.IsNaN(value), value, x.Where(x.Compare("Greater", value, zero), high, low)));
        }),
        (F.Softplus, x =>
        {
            var settings = x.Settings<SoftplusSettings>();
            var value = x.In(0, x.Exact);
            var scaled = x.Mul(value, x.Number(settings.Beta, x.Exact));
            var isLarge = x.Compare("Greater", scaled, x.Number(settings.Threshold, x.Exact));
            var soft = x.Div(
                x.Log1p(x.Exp(x.Where(isLarge, x.Number(0, x.Exact), scaled))), x.Number(settings.Beta, x.Exact));
            x.Return(x.Where(isLarge, value, soft));
        }),
        (F.Mish, x => x.Return(x.Op("Mish", x.Exact, [x.In(0, x.Exact)]))),
        (F.ThresholdBackward, x =>
        {
            var zero = x.Number(0, x.Plain);
            x.Return(x.Where(x.Compare("LessOrEqual", x.In(1, x.Plain), zero), zero, x.In(0, x.Plain)));
        }),
        (F.LeakyReluBackward, x =>
        {
            var g = x.In(0, x.Exact);
            var isPositive = x.Compare("Greater", x.In(1, x.Exact), x.Number(0, x.Exact));
            x.Return(x.Where(isPositive, g, x.Mul(g, x.Number(x.Settings<LeakyReluSettings>().NegativeSlope, x.Exact))));
        }),
        (F.HardtanhBackward, x =>
        {
            var (settings, value, zero) = (x.Settings<HardtanhSettings>(), x.In(1, x.Plain), x.Number(0, x.Plain));
            var isOut = x.Or(
                x.Compare("LessOrEqual", value, x.Number(settings.MinVal, x.Plain)),
                x.Compare("GreaterOrEqual", value, x.Number(settings.MaxVal, x.Plain)));
            x.Return(x.Where(isOut, zero, x.In(0, x.Plain)));
        }),
        (F.Softmax, x => x.Return(AlongDim(x, "Softmax"))),
        (F.LogSoftmax, x => x.Return(AlongDim(x, "LogSoftmax"))),
        (F.SafeSoftmax, x => x.Return(x.SafeSoftmax(x.In(0, x.Exact), x.Shape.Rank))),
        (F.FlashAttention, Attention),
    ];

    private static Value Hardtanh(RuleArgs x)
    {
        var (settings, value) = (x.Settings<HardtanhSettings>(), x.In(0, x.Plain));
        var result = x.Op("Clip", x.Plain, [value, x.Number(settings.MinVal, x.Plain), x.Number(settings.MaxVal, x.Plain)]);
        return x.Plain.IsFloatingPoint() ? x.Where(x.IsNaN(value), value, result) : result;
    }

    private static Value AlongDim(RuleArgs x, string op)
    {
        var value = x.In(0, x.Exact);
        return x.Shape.Rank > 0
            ? x.Op(op, x.Exact, [value], ("axis", x.Dim(x.Settings<DimSettings>().Dim)))
            : x.Reshape(x.Op(op, x.Exact, [x.Reshape(value, [1])], ("axis", 0L)), []);
    }

    /// <summary>softmax(q kᵀ scale + mask) v, and the logarithms of the sums.</summary>
    private static void Attention(RuleArgs x)
    {
        var (settings, type) = (x.Settings<FlashAttentionSettings>(), x.Exact);
        var (length, keys) = (x.Type(0).Shape[2], x.Type(1).Shape[2]);
        var query = x.Mul(x.In(0, type), x.Number(settings.Scale, type));
        var key = x.Op("Transpose", type, [x.In(1, type)], ("perm", new long[] { 0, 1, 3, 2 }));
        var scores = x.Op("MatMul", type, [query, key]);
        scores = x.Count > 3 ? x.Add(scores, x.In(3, type)) : scores;
        if (settings.Causal)
        {
            var sees = x.Compare("GreaterOrEqual", x.Unsqueeze(x.Count(length), 1), x.Unsqueeze(x.Count(keys), 0));
            scores = x.Where(sees, scores, x.Number(double.NegativeInfinity, type));
        }

        var y = x.Op("MatMul", type, [x.SafeSoftmax(scores, 4), x.In(2, type)]);
        var sums = x.Op("ReduceLogSumExp", type, [scores, x.Ints(3)], ("keepdims", 0L));
        var isHidden = x.Compare("Equal", sums, x.Number(double.NegativeInfinity, type));
        x.Return(y, x.Reshape(x.Where(isHidden, x.Number(0, type), sums), x.ResultType(1).Shape));
    }
}
