using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class SoftmaxSamples
{
    public static IEnumerable<OpSample> All =>
    [
        .. Forward(F.Softmax),
        .. Forward(F.LogSoftmax),
        .. Gradient(F.SoftmaxBackward),
        .. Gradient(F.LogSoftmaxBackward),
    ];

    private static IEnumerable<OpSample> Forward(Primitive primitive) =>
    [
        Row(primitive, "rows", () => [Reals(3, 5)], 1),
        Row(primitive, "first dim, negative, transposed", () => [Strided(3, 2)], -2),
        Row(primitive, "middle of three", () => [Reals(2, 3, 2)], 1),
        Row(primitive, "size 1", () => [Reals(3, 1)], 1),
        Row(primitive, "no dims", () => [Reals()], 0),
        Row(primitive, "empty", () => [Reals(0, 3)], 1),
        Row(primitive, "large numbers", () => [Reals(2, 3) * 500], 1),
        Row(primitive, "float32", () => [Float32(0, 2, 3)], -1),
        Row(primitive, "bfloat16", () => [Float32(0, 2, 3).to(DType.BFloat16)], -1),
    ];

    private static IEnumerable<OpSample> Gradient(Primitive primitive) =>
    [
        Row(primitive, "rows", () => [Reals(3, 5), Positive(1, 3, 5)], 1),
        Row(primitive, "negative dim, transposed", () => [Strided(3, 2), SeededStrided(1, 3, 2)], -2),
        Row(primitive, "no dims", () => [Reals(), Positive(1)], 0),
        Row(primitive, "empty", () => [Reals(0, 3), Reals(0, 3)], 1),
        Row(primitive, "float32", () => [Float32(0, 2, 3), Float32(1, 2, 3)], -1),
    ];

    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, long dim) =>
        new(primitive, name, inputs, new DimSettings(dim));
}
