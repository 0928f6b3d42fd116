using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class FactorizationSamples
{
    public static IEnumerable<OpSample> All =>
    [
        new(F.Qr, "square", () => [Reals(4, 4)]),
        new(F.Qr, "tall", () => [Reals(5, 2)]),
        new(F.Qr, "wide, transposed", () => [Strided(2, 5)]),
        new(F.Qr, "batch, float32", () => [Float32(1, 2, 3, 3)]),
        new(F.Qr, "empty", () => [Reals(0, 3)]),
        new(F.Qr, "empty batch", () => [Reals(0, 3, 2)]),
        new(F.Cholesky, "square", () => [Definite(4)]),
        new(F.Cholesky, "batch, float32", () => [F.stack([Definite(3), Definite(3) * 2]).to(DType.Float32)]),
        new(F.Cholesky, "empty", () => [Reals(0, 0)]),
        new(F.Erfinv, "reals", () => [Reals(3, 4) * 0.45]),
        new(F.Erfinv, "transposed", () => [Strided(3, 4) * 0.45]),
        new(F.Erfinv, "float32", () => [Float32(1, 7) * 0.45]),
        new(F.Erfinv, "bfloat16", () => [(Float32(1, 7) * 0.45).to(DType.BFloat16)]),
        new(F.Erfinv, "no dims", () => [Scalar(0.3)]),
        new(F.Erfinv, "number", () => [0.3]),
        new(F.Erfinv, "limits and beyond", () => [Make.Values([4], -1, 0, 1, 2)]) { DifferentiateBy = [] },
    ];

    private static Tensor Definite(long size) => F.matmul(Reals(size, size), F.transpose(Reals(size, size), 0, 1)) + F.eye(size, dtype: DType.Float64);
}
