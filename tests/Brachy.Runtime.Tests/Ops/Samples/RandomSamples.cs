using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class RandomSamples
{
    public static IEnumerable<OpSample> All =>
    [
        new(F.FoldIn, "tensors", () => [Key(123456789012345), Key(3)]),
        new(F.FoldIn, "a number", () => [Key(long.MaxValue), 7]),
        new(F.FoldIn, "negative", () => [Key(-5), -1]),
        new(F.FoldIn, "largest", () => [Key(long.MinValue), Key(long.MinValue)]),
        new(F.UniformSample, "float32", () => [Key(42)], Shaped(DType.Float32, 3, 5)),
        new(F.UniformSample, "float64, many", () => [Key(long.MaxValue)], Shaped(DType.Float64, 1000)),
        new(F.UniformSample, "bfloat16", () => [Key(1L << 40)], Shaped(DType.BFloat16, 7)),
        new(F.UniformSample, "no dims", () => [Key(0)], Shaped(DType.Float32)),
        new(F.UniformSample, "empty", () => [Key(0)], Shaped(DType.Float32, 0, 2)),
        new(F.NormalSample, "float32, few", () => [Key(42)], Shaped(DType.Float32, 3)),
        new(F.NormalSample, "float32, many", () => [Key(42)], Shaped(DType.Float32, 33, 31)),
        new(F.NormalSample, "float64, few", () => [Key(3)], Shaped(DType.Float64, 5)),
        new(F.NormalSample, "float64", () => [Key(7)], Shaped(DType.Float64, 20)),
        new(F.NormalSample, "float16", () => [Key(8)], Shaped(DType.Float16, 20)),
        new(F.NormalSample, "no dims", () => [Key(0)], Shaped(DType.Float32)),
        new(F.RandIntSample, "dice", () => [Key(5)], Between(1, 7, 4, 5)),
        new(F.RandIntSample, "negative, wide", () => [Key(6)], Between(-5_000_000_000, 5_000_000_000, 9)),
        new(F.RandIntSample, "many bits", () => [Key(6)], Between(-9, 1L << 30, 20)),
        new(F.RandIntSample, "all bits", () => [Key(6)], Between(long.MinValue, long.MaxValue, 5)),
        new(F.RandIntSample, "one value, no dims", () => [Key(6)], Between(3, 4)),
        new(F.PermutationSample, "some", () => [Key(9)], new PermutationSettings(11)),
        new(F.PermutationSample, "many", () => [Key(9)], new PermutationSettings(1000)),
        new(F.GammaSample, "small and large shapes", () => [Key(3), Make.Values([5], 0.01, 0.5, 1, 7, 1e6)]),
        new(F.GammaSample, "float32, transposed", () => [Key(3), F.transpose(Make.Positive([3, 4], DType.Float32), 0, 1)]),
        new(F.GammaSample, "no dims", () => [Key(4), Scalar(2)]),
        new(F.GammaSample, "empty", () => [Key(4), Positive(1, 0, 2)]),
        new(F.PoissonSample, "small and large rates", () => [Key(3), Make.Values([5], 0, 0.5, 9, 11, 1e6)]),
        new(F.PoissonSample, "float32, expanded", () => [Key(3), F.expand(F.ones([4, 1]), 4, 6)]),
        new(F.PoissonSample, "no dims", () => [Key(4), Scalar(2)]),
        new(F.PoissonSample, "empty", () => [Key(4), Positive(1, 0, 2)]),
        new(F.BinomialSample, "few and many", () =>
            [Key(3), Make.Values([5], 0, 1, 10, 100, 1e6), Make.Values([5], 0.5, 0.9, 0.3, 1, 0.2)]),
        new(F.BinomialSample, "float32, transposed", () => [Key(3), F.full([2, 3], 9.0), F.transpose(F.full([3, 2], 0.4), 0, 1)]),
        new(F.BinomialSample, "empty", () => [Key(4), Positive(1, 0, 2), Positive(1, 0, 2)]),
        new(F.MultinomialSample, "with replacement", () => [Key(3), Positive(1, 5)], Drawing(20, true)),
        new(F.MultinomialSample, "without replacement", () => [Key(3), Float32(1, 5).abs()], Drawing(5, false)),
        new(F.MultinomialSample, "one of one", () => [Key(3), Positive(1, 1)], Drawing(1, false)),
        new(F.PermutationSample, "none", () => [Key(9)], new PermutationSettings(0)),
    ];

    private static Settings Shaped(DType dtype, params long[] shape) => new SampleSettings(shape, dtype);

    private static Settings Drawing(long count, bool replacement) => new MultinomialSettings(count, replacement);

    private static Settings Between(long low, long high, params long[] shape) => new RandIntSettings(low, high, shape);
}
