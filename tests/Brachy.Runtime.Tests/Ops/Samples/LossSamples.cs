using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class LossSamples
{
    public static IEnumerable<OpSample> All => [.. Rows(), .. Binary()];

    private static IEnumerable<OpSample> Rows()
    {
        foreach (var reduction in Enum.GetValues<Reduction>())
        {
            var isNone = reduction == Reduction.None;
            var settings = new NllSettings(-100, reduction);
            var ignoring = new NllSettings(1, reduction);

            yield return Row(F.NllLossForward, $"rows, {reduction}", () => [Reals(3, 4), Targets()], settings);
            yield return Row(
                F.NllLossForward, $"ignoring, weights, transposed, {reduction}", () => [Strided(3, 4), Targets(), Positive(5, 4)],
                ignoring);
            yield return Row(F.NllLossForward, $"images, {reduction}", () => [Reals(2, 3, 1, 2), Pixels(), Positive(5, 3)], ignoring);
            yield return Row(F.NllLossForward, $"float32, {reduction}", () => [Float32(0, 3, 4), Targets()], settings);

            yield return Row(
                F.NllLossBackward, $"rows, {reduction}", () => [Outer(isNone, 3), Reals(3, 4), Targets(), Scalar(3)], settings);
            yield return Row(
                F.NllLossBackward, $"ignoring, weights, transposed, {reduction}",
                () => [Outer(isNone, 3), Strided(3, 4), Targets(), TotalWeight(Targets(), Positive(5, 4)), Positive(5, 4)], ignoring);
            yield return Row(
                F.NllLossBackward, $"images, {reduction}",
                () => [Outer(isNone, 2, 1, 2), Reals(2, 3, 1, 2), Pixels(), TotalWeight(Pixels(), Positive(5, 3)), Positive(5, 3)],
                ignoring);
        }
    }

    private static IEnumerable<OpSample> Binary() =>
    [
        new(F.BinaryCrossEntropy, "matrix", () => [F.sigmoid(Reals(3, 4)), F.sigmoid(Seeded(3, 3, 4))]),
        new(F.BinaryCrossEntropy, "transposed", () => [F.sigmoid(Strided(3, 2)), F.sigmoid(Seeded(3, 3, 2))]),
        new(F.BinaryCrossEntropy, "0-dim", () => [F.sigmoid(Reals()), F.sigmoid(Seeded(3))]),
        new(F.BinaryCrossEntropy, "empty", () => [Reals(0, 2), Reals(0, 2)]),
        new(F.BinaryCrossEntropy, "certain", () => [Make.Values([4], 0, 1, 0, 1), Make.Values([4], 0, 1, 1, 0)]) { DifferentiateBy = [] },
        new(F.BinaryCrossEntropy, "float32", () => [F.sigmoid(Float32(0, 3, 4)), F.sigmoid(Float32(1, 3, 4))]),
        new(F.BinaryCrossEntropy, "bfloat16", () =>
            [F.sigmoid(Float32(0, 7)).to(DType.BFloat16), F.sigmoid(Float32(1, 7)).to(DType.BFloat16)]),
    ];

    private static Tensor Targets() => Whole([3, 1, 0], 3);

    private static Tensor Pixels() => Whole([2, 1, 0, 2], 2, 1, 2);

    private static Tensor Outer(bool isNone, params long[] shape) => isNone ? Seeded(7, shape) : Scalar(0.7);

    // Class 1 is ignored.
    private static Tensor TotalWeight(Tensor targets, Tensor weight) =>
        F.sum(F.where(F.eq(targets, 1), Scalar(0), weight[targets]));

    // The weights and the total weight are constants to libtorch too.
    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, Settings settings) =>
        new(primitive, name, inputs, settings) { DifferentiateBy = [0] };
}
