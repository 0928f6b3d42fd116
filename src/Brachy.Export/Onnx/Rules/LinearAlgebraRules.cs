using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Determinants. ONNX has no other factorization.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> LinearAlgebra =>
    [
        (F.linalg.Det, x => x.Return(Determinant(x))),
        (F.linalg.SLogDet, SignAndLogarithm),
    ];

    /// <summary>Of rows whose largest element is 1, so that no determinant of so many rows overflows.</summary>
    private static void SignAndLogarithm(RuleArgs x)
    {
        const long MostSingle = 40;
        const long MostDouble = 200;
        var (rank, type, rows) = (x.Type(0).Rank, x.DType, x.Type(0).Shape[^1]);
        var most = type == DType.Float64 ? MostDouble : MostSingle;
        if (rows == 0)
        {
            x.Return(x.Full(1, x.DType, x.Shape), x.Full(0, x.DType, x.Shape));
            return;
        }

        if (rows > most || x.IsOpen(0, rank - 1))
        {
            throw RuleArgs.Refuse($"ONNX has determinants alone, which overflow for more than {most} rows");
        }

        var value = x.In(0, type);
        var largest = x.Reduce("ReduceMax", x.Abs(value), [rank - 1], keepdim: true);
        largest = x.Where(x.Compare("Equal", largest, x.Number(0, type)), x.Number(1, type), largest);
        var determinant = x.Op("Det", type, [x.Div(value, largest)]);
        var scales = x.Reduce("ReduceSum", x.Log(largest), [rank - 2, rank - 1], keepdim: false);
        x.Return(x.Op("Sign", type, [determinant]), x.Add(x.Log(x.Abs(determinant)), scales));
    }

    private static Value Determinant(RuleArgs x) => x.Type(0).Shape[^1] == 0
        ? x.Full(1, x.DType, x.Shape) : x.Op("Det", x.DType, [x.In(0)]);
}
