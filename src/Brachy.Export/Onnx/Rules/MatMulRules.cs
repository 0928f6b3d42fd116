using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Matrix products.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> MatMul =>
    [
        (F.MatMul, x => x.Return(x.Op("MatMul", x.Plain, [x.In(0, x.Plain), x.In(1, x.Plain)]))),
        (F.AddMatMul, x => x.Return(x.Add(x.In(0, x.Plain), x.Op("MatMul", x.Plain, [x.In(1, x.Plain), x.In(2, x.Plain)])))),
        (F.Linear, x => x.Return(Linear(x))),
        (F.ChannelsLastLayout, x => x.Return(x.In(0))),
    ];

    private static Value Linear(RuleArgs x)
    {
        // The weight keeps its layout [out, in] and with that its name.
        var (input, weight, bias) = (x.In(0, x.Plain), x.In(1, x.Plain), x.Count == 3 ? x.In(2, x.Plain) : null);
        if (x.Type(0).Rank == 2 && x.Plain.IsFloatingPoint())
        {
            return x.Op("Gemm", x.Plain, [input, weight, bias], ("transB", 1L));
        }

        var product = x.Op("MatMul", x.Plain, [input, x.Op("Transpose", x.Plain, [weight], ("perm", new long[] { 1, 0 }))]);
        return bias is null ? product : x.Add(product, bias);
    }
}
