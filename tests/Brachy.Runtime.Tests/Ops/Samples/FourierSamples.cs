using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class FourierSamples
{
    public static IEnumerable<OpSample> All =>
    [
        .. from norm in new[] { 0L, 1, 2 }
           from forward in new[] { true, false }
           select Row(F.fft.ComplexToComplex, $"norm {norm}, forward {forward}", () => [Reals(2, 5, 2)], ("dims", new[] { 1L }), ("norm", norm), ("forward", forward)),
        Row(F.fft.ComplexToComplex, "two dims, strided", () => [F.transpose(Reals(3, 4, 2), 0, 1)], ("dims", new[] { 0L, 1 }), ("norm", 0L), ("forward", true)),
        Row(F.fft.ComplexToComplex, "pairs apart", () => [F.transpose(Reals(2, 6), 0, 1)], ("dims", new[] { 0L }), ("norm", 1L), ("forward", true)),
        Row(F.fft.ComplexToComplex, "pairs from an odd place on", () => [F.reshape(F.slice(Reals(13), 0, 1), 6, 2)], ("dims", new[] { 0L }), ("norm", 0L), ("forward", false)),
        Row(F.fft.ComplexToComplex, "one element, float32", () => [Float32(1, 1, 2)], ("dims", new[] { 0L }), ("norm", 2L), ("forward", true)),
        .. from size in new[] { 1L, 2, 5, 6 }
           from norm in new[] { 0L, 1 }
           select Row(F.fft.RealToComplex, $"{size}, norm {norm}", () => [Reals(2, size)], ("dim", 1L), ("norm", norm)),
        Row(F.fft.RealToComplex, "first dim, strided", () => [Strided(4, 3)], ("dim", 0L), ("norm", 2L)),
        Row(F.fft.RealToComplex, "float32", () => [Float32(1, 7)], ("dim", 0L), ("norm", 0L)),
        .. from size in new[] { 1L, 2, 5, 6 }
           from norm in new[] { 0L, 2 }
           select Row(F.fft.ComplexToReal, $"{size}, norm {norm}", () => [Reals(3, (size / 2) + 1, 2)], ("dim", 1L), ("norm", norm), ("n", size)),
        Row(F.fft.ComplexToReal, "first dim, strided", () => [F.transpose(Reals(2, 3, 2), 0, 1)], ("dim", 0L), ("norm", 1L), ("n", 5L)),
        Row(F.fft.ComplexToReal, "float32", () => [Float32(1, 4, 2)], ("dim", 0L), ("norm", 0L), ("n", 6L)),
    ];

    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, params (string, object?)[] attributes) => new(primitive, name, inputs, Attributes.Of(attributes)) { NoAutograd = "FourierTests compare gradients with those of libtorch's own functions" };
}
