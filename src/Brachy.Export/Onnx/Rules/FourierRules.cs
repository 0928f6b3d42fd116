using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Fourier transforms. Complex numbers are pairs in a last dim, here and in ONNX.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Fourier =>
    [
        (F.fft.ComplexToComplex, x =>
        {
            var settings = x.Settings<FourierSettings>();
            var value = x.In(0);
            foreach (var dim in settings.Dims)
            {
                value = Transformed(x, value, dim, x.Type(0).Shape[(int)dim], settings.Forward, isOneSided: false);
            }

            var count = settings.Dims.Aggregate(1L, (all, dim) => all * x.Type(0).Shape[(int)dim]);
            x.Return(Scaled(x, value, settings.Norm, count));
        }),
        (F.fft.RealToComplex, x =>
        {
            var (settings, rank) = (x.Settings<RealFourierSettings>(), x.Type(0).Rank);
            var count = x.Type(0).Shape[(int)settings.Dim];
            var value = Transformed(x, x.Unsqueeze(x.In(0), rank), settings.Dim, count, isForward: true, isOneSided: true);
            x.Return(Scaled(x, value, settings.Norm, count));
        }),
        (F.fft.ComplexToReal, x =>
        {
            var (settings, half, rank) = (x.Settings<InverseRealFourierSettings>(), x.In(0), x.Type(0).Rank);

            // The other half has the conjugates, the last one first; of what has no conjugate the imaginary part counts for nothing.
            var others = new long[settings.N - ((settings.N / 2) + 1)];
            for (var i = 0; i < others.Length; i++)
            {
                others[i] = others.Length - i;
            }

            var signs = x.Writer.Model.Add("signs", half.DType, [2], [1.0, -1.0]);
            var mirrored = x.Mul(x.Op("Gather", half.DType, [half, x.Ints(others)], ("axis", settings.Dim)), signs);
            var whole = others.Length == 0 ? half : x.Concat(settings.Dim, half, mirrored);
            var value = Transformed(x, whole, settings.Dim, settings.N, isForward: false, isOneSided: false);
            value = x.Op("Gather", half.DType, [value, x.Number(0, DType.Int64)], ("axis", rank - 1L));
            x.Return(Scaled(x, value, settings.Norm, settings.N));
        }),
    ];

    /// <summary>A transform along a dim, not scaled: ONNX's inverse is divided by the number of elements.</summary>
    private static Value Transformed(RuleArgs x, Value value, long dim, long count, bool isForward, bool isOneSided)
    {
        // A dim more, as there must be one that is not transformed.
        var result = x.Op(
            "DFT", value.DType, [x.Unsqueeze(value, 0), null, x.Number(dim + 1, DType.Int64)],
            ("inverse", !isForward), ("onesided", isOneSided));
        result = x.Squeeze(result, 0);
        return isForward ? result : x.Mul(result, x.Number((double)count, value.DType));
    }

    /// <summary>By libtorch's number of the norm: as it is, over the root of the number of elements, or over that number.</summary>
    private static Value Scaled(RuleArgs x, Value value, long norm, long count) => norm switch
    {
        0 => value,
        1 => x.Mul(value, x.Number(1 / Math.Sqrt(count), value.DType)),
        _ => x.Mul(value, x.Number(1.0 / count, value.DType)),
    };
}
