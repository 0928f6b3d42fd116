using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class FourierSamples
{
    public static IEnumerable<OpSample> All =>
    [
        .. from norm in new[] { 0L, 1, 2 }
           from forward in new[] { true, false }
           select Row(
               F.fft.ComplexToComplex, $"norm {norm}, forward {forward}", () => [Reals(2, 5, 2)], new FourierSettings([1L], norm, forward)),
        Row(F.fft.ComplexToComplex, "two dims, strided", () => [F.transpose(Reals(3, 4, 2), 0, 1)], new FourierSettings([0L, 1], 0, true)),
        Row(F.fft.ComplexToComplex, "pairs apart", () => [F.transpose(Reals(2, 6), 0, 1)], new FourierSettings([0L], 1, true)),
        Row(F.fft.ComplexToComplex, "pairs from an odd place on", () => [F.reshape(F.slice(Reals(13), 0, 1), 6, 2)], new FourierSettings(
            [0L], 0, false)),
        Row(F.fft.ComplexToComplex, "one element, float32", () => [Float32(1, 1, 2)], new FourierSettings([0L], 2, true)),
        .. from size in new[] { 1L, 2, 5, 6 }
           from norm in new[] { 0L, 1 }
           select Row(F.fft.RealToComplex, $"{size}, norm {norm}", () => [Reals(2, size)], new RealFourierSettings(1, norm)),
        Row(F.fft.RealToComplex, "first dim, strided", () => [Strided(4, 3)], new RealFourierSettings(0, 2)),
        Row(F.fft.RealToComplex, "float32", () => [Float32(1, 7)], new RealFourierSettings(0, 0)),
        .. from size in new[] { 1L, 2, 5, 6 }
           from norm in new[] { 0L, 2 }
           select Row(F.fft.ComplexToReal, $"{size}, norm {norm}", () => [Reals(3, (size / 2) + 1, 2)], new InverseRealFourierSettings(
               1, norm, size)),
        Row(F.fft.ComplexToReal, "first dim, strided", () => [F.transpose(Reals(2, 3, 2), 0, 1)], new InverseRealFourierSettings(0, 1, 5)),
        Row(F.fft.ComplexToComplex, "no transforms", () => [Reals(0, 5, 2)], new FourierSettings([1L], 0, true)),
        Row(F.fft.RealToComplex, "no transforms", () => [Reals(6, 0)], new RealFourierSettings(0, 0)),
        Row(F.fft.ComplexToReal, "no transforms", () => [Reals(0, 4, 2)], new InverseRealFourierSettings(1, 0, 6)),
        Row(F.fft.ComplexToReal, "float32", () => [Float32(1, 4, 2)], new InverseRealFourierSettings(0, 0, 6)),
    ];

    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, Settings? settings = null) =>
        new(primitive, name, inputs, settings) { NoAutograd = "FourierTests compare gradients with those of libtorch's own functions" };
}
