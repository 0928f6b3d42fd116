using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class BlendSamples
{
    private const string ReadsNumbers = "the kernel reads hyperparameters as numbers, which autograd does not follow";

    public static IEnumerable<OpSample> All =>
    [
        .. Rows(F.Blend, s => [Seeded(1, s), Seeded(2, s)], () => [Float32(1, 2, 3), Float32(2, 2, 3)]),
        .. Rows(
            F.BlendProduct, s => [Seeded(1, s), Seeded(2, s), Seeded(3, s)], () => [Float32(1, 2, 3), Float32(2, 2, 3), Float32(3, 2, 3)]),
        .. Rows(F.BlendQuotient, s => [Seeded(1, s), Seeded(2, s), Positive(3, s)], () =>
            [Float32(1, 2, 3), Float32(2, 2, 3), Float32(3, 2, 3)]),
        new(F.Blend, "swapped dims", () => [SeededStrided(1, 3, 4), Seeded(2, 3, 4), Scalar(0.3), Scalar(0.7)])
        {
            NoAutograd = ReadsNumbers
        },
        new(F.RootPlus, "plain", () => [Positive(1, 3, 4), Scalar(0.1)]) { NoAutograd = ReadsNumbers },
        new(F.RootPlus, "swapped dims, number", () => [F.transpose(Positive(1, 3, 4), 0, 1), 1e-8]) { NoAutograd = ReadsNumbers },
        new(F.RootPlus, "0-dim", () => [Positive(1), Scalar(0.1)]) { NoAutograd = ReadsNumbers },
        new(F.RootPlus, "empty", () => [Reals(0, 2), Scalar(0.1)]) { NoAutograd = ReadsNumbers },
        new(F.RootPlus, "bfloat16", () => [Positive(1, 3).to(DType.BFloat16), Scalar(0.1)]) { DifferentiateBy = [], Tolerance = 1e-2 },
    ];

    private static IEnumerable<OpSample> Rows(Primitive primitive, Func<long[], Tensor[]> reals, Func<Tensor[]> float32) =>
    [
        new(primitive, "plain", () => [.. reals([2, 3]), Scalar(0.9), Scalar(-0.2)]) { NoAutograd = ReadsNumbers },
        new(primitive, "0-dim, float32 factors", () => [.. reals([]), Scalar(0.9, DType.Float32), Scalar(0.1, DType.Float32)])
        {
            NoAutograd = ReadsNumbers,
            Tolerance = 1e-4,
            DifferentiateBy = [0]
        },
        new(primitive, "empty", () => [.. reals([0, 2]), Scalar(0.9), Scalar(0.1)]) { NoAutograd = ReadsNumbers },
        new(primitive, "numbers, a is 1", () => [.. reals([4]), 1, -0.5]) { NoAutograd = ReadsNumbers },
        new(primitive, "float32, float64 factors", () => [.. float32(), Scalar(0.9), Scalar(0.1)]) { DifferentiateBy = [] },
        new(primitive, "bfloat16", () => [.. float32().Select(x => x.to(DType.BFloat16)), Scalar(0.9), Scalar(0.1)])
        {
            DifferentiateBy = [],
            Tolerance = 2e-2
        },
    ];
}
