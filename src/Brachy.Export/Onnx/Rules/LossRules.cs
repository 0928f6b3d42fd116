using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Losses.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Losses =>
    [
        (F.BinaryCrossEntropy, x =>
        {
            var (p, target, one) = (x.In(0, x.Exact), x.In(1, x.Exact), x.Number(1, x.Exact));
            var least = x.Number(-100, x.Exact);
            var log = x.Op("Max", x.Exact, [x.Log(p), least]);
            var other = x.Op("Max", x.Exact, [x.Log1p(x.Neg(p)), least]);
            x.Return(x.Sub(x.Mul(x.Sub(target, one), other), x.Mul(target, log)));
        }),
        (F.NllLossForward, Nll),
        (F.NllLossBackward, NllBackward),
    ];

    private static void Nll(RuleArgs x)
    {
        var (settings, type, zero) = (x.Settings<NllSettings>(), x.Exact, x.Number(0, DType.Int64));
        var dim = x.Type(0).Rank - x.Type(1).Rank == 1 && x.Type(0).Rank == 1 ? 0 : 1;
        var target = x.In(1, DType.Int64);
        var isIgnored = x.Compare("Equal", target, x.Number(settings.IgnoreIndex, DType.Int64));
        var index = x.Where(isIgnored, zero, target);
        var picked = x.Squeeze(
            x.Op("GatherElements", type, [x.In(0, type), x.Unsqueeze(index, dim)], ("axis", (long)dim)), dim);
        var weight = x.Count > 2
            ? x.Op("Gather", type, [x.In(2, type), index], ("axis", 0L)) : x.Full(1, type, x.Type(1).Shape);
        weight = x.Where(isIgnored, x.Number(0, type), weight);

        // What is not counted may be infinite.
        var isCounted = x.Not(x.Compare("Equal", weight, x.Number(0, type)));
        var losses = x.Neg(x.Mul(x.Where(isCounted, picked, x.Number(0, type)), weight));
        if (settings.Reduction == Reduction.None)
        {
            x.Return(losses, x.Number(0, type));
            return;
        }

        Value Total(Value value) => x.Type(1).Rank == 0 ? value : x.Op("ReduceSum", type, [value], ("keepdims", 0L));
        var (sum, total) = (Total(losses), Total(weight));
        x.Return(settings.Reduction == Reduction.Mean ? x.Div(sum, total) : sum, total);
    }

    // Operands: gradient of the loss, log probabilities (for their shape), target, total weight, class weights.
    private static void NllBackward(RuleArgs x)
    {
        var (settings, type, zero) = (x.Settings<NllSettings>(), x.Exact, x.Number(0, DType.Int64));
        var target = x.In(2, DType.Int64);
        var isIgnored = x.Compare("Equal", target, x.Number(settings.IgnoreIndex, DType.Int64));
        var index = x.Where(isIgnored, zero, target);
        var weight = x.Count > 4 ? x.Op("Gather", type, [x.In(4, type), index], ("axis", 0L)) : x.Full(1, type, x.Type(2).Shape);
        weight = x.Where(isIgnored, x.Number(0, type), weight);
        var scale = settings.Reduction == Reduction.Mean ? x.Div(x.In(0, type), x.In(3, type)) : x.In(0, type);

        // A mean over nothing scales by infinity.
        var values = x.Where(x.Compare("Equal", weight, x.Number(0, type)), x.Number(0, type), x.Neg(x.Mul(weight, scale)));
        x.Return(x.Op(
            "ScatterElements", type, [x.Full(0, type, x.Shape), x.Unsqueeze(index, 1), x.Unsqueeze(values, 1)], ("axis", 1L)));
    }
}
