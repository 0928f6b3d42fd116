using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class AttentionSamples
{
    private const double Never = double.NegativeInfinity;

    public static IEnumerable<OpSample> All =>
    [
        new OpSample(F.SafeSoftmax, "rows", () => [Reals(3, 5)]),
        new OpSample(F.SafeSoftmax, "some numbers hidden, transposed", () => [F.where(F.eq(F.arange(3), 1), Never, Strided(2, 3))]),
        new OpSample(F.SafeSoftmax, "a row of nothing", () => [F.where(Flags([true, false], 2, 1), Never, Reals(2, 3))]) with
        {
            NoAutograd = "the gradient of the kernel's steps is not a number where a row has nothing",
        },
        new OpSample(F.SafeSoftmax, "empty rows", () => [Reals(2, 0)]),
        new OpSample(F.SafeSoftmax, "no rows", () => [Reals(0, 3)]),
        new OpSample(F.SafeSoftmax, "large numbers", () => [Reals(2, 3) * 500]),
        new OpSample(F.SafeSoftmax, "float32", () => [Float32(0, 2, 3, 4)]),
        new OpSample(F.SafeSoftmax, "bfloat16", () => [Float32(0, 2, 3).to(DType.BFloat16)]),
        .. Forward("plain", () => Operands(2, 3, 4, 5, 2)),
        .. Forward("of one number", () => Operands(1, 1, 1, 1, 1)),
        .. Forward("long query", () => Operands(1, 2, 7, 3, 4)),
        .. Forward("any strides", () => [SeededStrided(0, 2, 1, 3, 4), SeededStrided(1, 2, 1, 5, 4), SeededStrided(2, 2, 1, 5, 4)]),
        .. Forward("repeated batch", () =>
            [F.expand(Seeded(0, 1, 2, 3, 4), 2, 2, 3, 4), Seeded(1, 2, 2, 3, 4), F.expand(Seeded(2, 2, 1, 3, 4), 2, 2, 3, 4)]),
        .. Forward("mask", () => [.. Operands(2, 2, 3, 4, 3), Seeded(7, 2, 2, 3, 4)]),
        .. Forward("mask for all", () => [.. Operands(2, 2, 3, 4, 3), Seeded(7, 1, 1, 3, 4)]),
        .. Forward("mask of another layout", () => [.. Operands(2, 2, 3, 4, 3), SeededStrided(7, 2, 1, 3, 4)]),
        .. Forward("mask by query", () => [.. Operands(2, 2, 3, 4, 3), Seeded(7, 2, 1, 3, 1)]),
        .. Forward("mask by key", () => [.. Operands(2, 2, 3, 4, 3), Seeded(7, 2, 1, 1, 4)]),
        .. Forward("mask that hides all from a query", () =>
            [.. Operands(2, 1, 3, 4, 2), F.where(F.eq(F.reshape(F.arange(3), 1, 1, 3, 1), 1), Never, Seeded(7, 1, 1, 3, 4))]),
        .. Forward("float32 mask", () => [.. Operands(2, 2, 3, 4, 3), Float32(7, 1, 2, 3, 4)], [0, 1, 2]),
        .. new[] { DType.Float32, DType.BFloat16, DType.Float16 }.SelectMany(dtype => Forward(
            dtype.Name(), () => [.. Operands(2, 2, 3, 4, 3).Select(x => x.to(dtype))])),
        .. Forward("bfloat16, float32 mask", () => [.. Operands(2, 2, 3, 4, 3).Select(x => x.to(DType.BFloat16)), Float32(7, 1, 2, 3, 4)]),
        .. Backward("plain", () => Saved(2, 3, 4, 5, 2)),
        .. Backward("long query", () => Saved(1, 2, 5, 3, 4)),
        .. Backward("any strides", () =>
            Saved(2, 1, 3, 4, 2).Select((x, i) => i == 5 ? x : F.transpose(F.contiguous(F.transpose(x, -1, -2)), -1, -2))),
        .. Backward("gradient of a sum", () => Saved(1, 1, 3, 4, 2).Select((x, i) => i == 0 ? F.expand(Scalar(0.7), 1, 1, 3, 2) : x)),
        .. Backward("mask", () => [.. Saved(2, 2, 3, 4, 3), Seeded(7, 2, 2, 3, 4)]),
        .. Backward("mask by key", () => [.. Saved(2, 2, 3, 4, 3), Seeded(7, 2, 1, 1, 4)]),
        .. Backward("mask that hides all from a query", () =>
            [.. Saved(2, 1, 3, 4, 2), F.where(F.eq(F.reshape(F.arange(3), 1, 1, 3, 1), 1), Never, Seeded(7, 1, 1, 3, 4))]),
        .. Backward("float32", () => Saved(2, 2, 3, 4, 3).Select(x => x.to(DType.Float32))),
        .. Backward("bfloat16", () => Saved(2, 2, 3, 4, 3).Select((x, i) => x.to(i == 5 ? DType.Float32 : DType.BFloat16))),
    ];

    private static IEnumerable<OpSample> Forward(string name, Func<Tensor[]> inputs, int[]? by = null) =>
        new[] { false, true }.Select(causal => new OpSample(
            F.FlashAttention, causal ? $"{name}, causal" : name, inputs, new FlashAttentionSettings(causal, causal ? 0.7 : -0.4))
        {
            DifferentiateBy = by,
            NoAutograd = "libtorch has no gradient for the logarithm of the sum, nor for the mask; AttentionTests compares what it has",
        });

    private static IEnumerable<OpSample> Backward(string name, Func<IEnumerable<Tensor>> inputs) =>
        new[] { false, true }.Select(causal => new OpSample(
            F.FlashAttentionBackward, causal ? $"{name}, causal" : name, () => [.. inputs()], new FlashAttentionSettings(causal, 0.5))
        {
            NoAutograd = "libtorch does not differentiate it again",
            Tolerance = 2e-5,
        });

    private static Tensor[] Operands(long batch, long heads, long queries, long keys, long size) =>
        [Seeded(1, batch, heads, queries, size), Seeded(2, batch, heads, keys, size), Seeded(3, batch, heads, keys, size)];

    /// <summary>A gradient, the operands, and any output and logarithm: the kernel takes them as they are.</summary>
    private static Tensor[] Saved(long batch, long heads, long queries, long keys, long size) =>
    [
        Seeded(4, batch, heads, queries, size), .. Operands(batch, heads, queries, keys, size),
        Seeded(5, batch, heads, queries, size), Positive(6, batch, heads, queries) + 1,
    ];
}
