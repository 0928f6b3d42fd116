using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Norms. Where a program that runs the file has a node for all of it, that is written.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Norms =>
    [
        (F.LayerNorm, LayerNorm),
        (F.RmsNorm, x =>
        {
            var settings = x.Settings<LayerNormSettings>();
            var value = x.In(0, x.Exact);
            Shape dims = [.. Enumerable.Range(x.Type(0).Rank - (int)settings.Dims, (int)settings.Dims).Select(d => (long)d)];
            var square = MeanOf(x, x.Square(value), dims, keepdim: true);
            var rstd = x.Op("Reciprocal", x.Exact, [x.Op("Sqrt", x.Exact, [x.Add(square, x.Number(settings.Eps, x.Exact))])]);
            var scaled = x.Mul(value, rstd);
            x.Return(x.Count > 1 ? x.Mul(scaled, x.In(1, x.Exact)) : scaled, rstd);
        }),
        (F.GroupNorm, GroupNorm),
        (F.BatchNormInference, x =>
        {
            var type = x.Exact;
            Shape channels = [x.Type(0).Shape[1]];
            var scale = x.Count > 3 ? x.In(3, type) : x.Full(1, type, channels);
            var shift = x.Count > 4 ? x.In(4, type) : x.Full(0, type, channels);
            x.Return(x.Op(
                "BatchNormalization", type, [x.In(0, type), scale, shift, x.In(1, type), x.In(2, type)],
                ("epsilon", x.Settings<BatchNormInferenceSettings>().Eps)));
        }),
        (F.BatchNorm, BatchNorm),
    ];

    private static void LayerNorm(RuleArgs x)
    {
        var (settings, type, shape) = (x.Settings<LayerNormSettings>(), x.Exact, x.Type(0).Shape);
        Shape dims = [.. Enumerable.Range(shape.Rank - (int)settings.Dims, (int)settings.Dims).Select(d => (long)d)];
        if (IsOpen(x, dims))
        {
            // ONNX Runtime's node refuses empty rows.
            var (centered, mean, rstd) = Standardized(x, x.In(0, type), dims, settings.Eps, Reached(x, dims));
            var y = x.Mul(centered, rstd);
            y = x.Count > 1 ? x.Mul(y, x.In(1, type)) : y;
            x.Return(x.Count > 2 ? x.Add(y, x.In(2, type)) : y, mean, rstd);
            return;
        }

        var scale = x.Count > 1 ? x.In(1, type) : x.Full(1, type, [.. dims.Select(dim => shape[(int)dim])]);
        x.Return(x.Ops(
            "LayerNormalization", [type, DType.Float32, DType.Float32], [x.In(0, type), scale, x.Count > 2 ? x.In(2, type) : null],
            ("axis", -settings.Dims), ("epsilon", settings.Eps)));
    }

    private static void GroupNorm(RuleArgs x)
    {
        var (settings, type, shape) = (x.Settings<GroupNormSettings>(), x.Exact, x.Type(0).Shape);
        var size = shape.Skip(1).Aggregate(1L, (a, b) => a * b) / settings.Groups;
        var groups = x.Reshape(x.In(0, type), [shape[0], settings.Groups, size]);
        var isOpen = IsOpen(x, [.. Enumerable.Range(1, shape.Rank - 1).Select(d => (long)d)]);
        var (centered, mean, rstd) = Standardized(x, groups, [2], settings.Eps, isOpen ? size : null);
        var y = Scaled(x, x.Reshape(x.Mul(centered, rstd), shape), 1);
        x.Return(y, x.Reshape(mean, x.ResultType(1).Shape), x.Reshape(rstd, x.ResultType(2).Shape));
    }

    private static void BatchNorm(RuleArgs x)
    {
        var (settings, type, shape) = (x.Settings<BatchNormSettings>(), x.Exact, x.Type(0).Shape);
        Shape dims = [0, .. Enumerable.Range(2, Math.Max(0, shape.Rank - 2)).Select(d => (long)d)];
        var isOpen = IsOpen(x, dims);
        var count = Reached(x, dims);
        var (centered, mean, rstd) = Standardized(x, x.In(0, type), dims, settings.Eps, null);
        var isEmpty = isOpen ? x.Compare("Equal", x.Number(count, DType.Int64), x.Number(0, DType.Int64)) : null;
        mean = isEmpty is null ? mean : x.Where(isEmpty, x.Number(0, type), mean);
        rstd = isEmpty is null ? rstd : x.Where(isEmpty, x.Number(0, type), rstd);
        var y = Scaled(x, x.Mul(centered, rstd), settings.Running ? 3 : 1);
        Shape channels = [shape[1]];
        var (means, factors) = (x.Reshape(mean, channels), x.Reshape(rstd, channels));
        if (!settings.Running)
        {
            x.Return(y, means, factors);
            return;
        }

        var square = x.Reduce("ReduceMean", x.Square(centered), dims, keepdim: false);
        var variance = x.Mul(square, x.Number((double)count / (count - 1), type));
        var (kept, share) = (x.Number(1 - settings.Momentum, type), x.Number(settings.Momentum, type));
        Value Moved(int running, Value own)
        {
            var next = x.Add(x.Mul(x.In(running, type), kept), x.Mul(own, share));
            return isEmpty is null ? next : x.Where(isEmpty, x.In(running, type), next);
        }

        x.Return(y, means, factors, Moved(1, means), Moved(2, variance));
    }

    /// <summary>
    /// Differences from the mean, the mean, and the reciprocal of the deviation; for a count, which may be 0, means are sums over it,
    /// and the mean of nothing is 0, as libtorch has it.
    /// </summary>
    private static (Value Centered, Value Mean, Value Rstd) Standardized(RuleArgs x, Value value, Shape dims, double eps, long? count)
    {
        Value Mean(Value of, Value? divisor) => divisor is null
            ? x.Reduce("ReduceMean", of, dims, keepdim: true)
            : x.Div(x.Reduce("ReduceSum", of, dims, keepdim: true), divisor);
        var elements = count is { } number ? x.Number((double)number, value.DType) : null;
        var mean = Mean(value, elements is null ? null : x.Op("Max", value.DType, [elements, x.Number(1, value.DType)]));
        var centered = x.Sub(value, mean);
        var deviation = x.Op("Sqrt", value.DType, [x.Add(Mean(x.Square(centered), elements), x.Number(eps, value.DType))]);
        return (centered, mean, x.Op("Reciprocal", value.DType, [deviation]));
    }

    /// <summary>Times the weight and plus the bias of each channel, where there are some.</summary>
    private static Value Scaled(RuleArgs x, Value value, int weight)
    {
        Shape perChannel = [x.Type(0).Shape[1], .. Enumerable.Repeat(1L, x.Type(0).Rank - 2)];
        value = x.Count > weight ? x.Mul(value, x.Reshape(x.In(weight, value.DType), perChannel)) : value;
        return x.Count > weight + 1 ? x.Add(value, x.Reshape(x.In(weight + 1, value.DType), perChannel)) : value;
    }
}
