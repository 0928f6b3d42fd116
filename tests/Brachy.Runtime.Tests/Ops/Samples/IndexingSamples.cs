using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class IndexingSamples
{
    public static IEnumerable<OpSample> All =>
    [
        Row(F.Gather, "rows, repeated", () => [Reals(3, 4), Whole([0, 3, 3, 1, 2, 2], 3, 2)], new DimSettings(1)),
        Row(F.Gather, "negative dim, transposed, smaller index", () => [Strided(3, 4), Whole([2, 0], 1, 2)], new DimSettings(-2)),
        Row(F.Gather, "no index", () => [Reals(3, 4), Whole([], 0, 4)], new DimSettings(0)),
        Row(F.Gather, "no dims", () => [Reals(), Whole([0])], new DimSettings(0)),
        Row(F.ScatterAdd, "collisions", () => [Reals(2, 3), Whole([2, 2, 0, 1], 2, 2), Seeded(1, 2, 2)], new DimSettings(1)),
        Row(
            F.ScatterAdd, "negative dim, larger source, transposed", () => [Strided(3, 4), Whole([2, 0], 1, 2), SeededStrided(1, 2, 3)],
            new DimSettings(-2)) with
        {
            NoAutograd = "libtorch's own gradient has the shape of the index, which it then rejects",
        },
        Row(F.ScatterAdd, "int64", () => [Whole([1, 2], 2), Whole([1, 1, 0], 3), Whole([5, 6, 7], 3)], new DimSettings(0)),
        Row(F.ScatterAdd, "no dims", () => [Reals(), Whole([0]), Reals()], new DimSettings(0)),
        Row(F.IndexSelect, "rows, repeated", () => [Reals(4, 3), Whole([3, 0, 3], 3)], new DimSettings(0)),
        Row(F.IndexSelect, "negative dim, int32, transposed", () => [Strided(2, 5), Whole32([4, 1], 2)], new DimSettings(-1)),
        Row(F.IndexSelect, "none", () => [Reals(4, 3), Whole([], 0)], new DimSettings(1)),
        Row(F.IndexSelect, "bool", () => [Flags([true, false], 2), Whole([1, 1, 0], 3)], new DimSettings(0)),
        Row(F.IndexAdd, "rows, repeated", () => [Reals(4, 3), Whole([3, 0, 3], 3), Seeded(1, 3, 3)], new DimSettings(0)),
        Row(
            F.IndexAdd, "negative dim, int32, transposed", () => [Strided(2, 5), Whole32([4, 1], 2), SeededStrided(1, 2, 2)],
            new DimSettings(-1)),
        Row(F.IndexAdd, "int64, none", () => [Whole([1, 2], 2), Whole([], 0), Whole([], 0)], new DimSettings(0)),
        Row(F.Embedding, "words", () => [Reals(5, 3), Whole([4, 0, 0, 2], 2, 2)], new EmbeddingSettings(-1)),
        Row(F.Embedding, "padding, int32, transposed", () => [Strided(5, 3), Whole32([4, 1, 1], 3)], new EmbeddingSettings(1)) with
        {
            // The padding row gets no gradient, on purpose; EmbeddingTests checks that.
            DifferentiateBy = [],
        },
        Row(F.Embedding, "one word, float32", () => [Float32(0, 5, 3), Whole([2])], new EmbeddingSettings(-1)),
        Row(F.Embedding, "none", () => [Reals(5, 3), Whole([], 0, 2)], new EmbeddingSettings(-1)),
        Row(F.EmbeddingDenseBackward, "words", () => [Reals(2, 2, 3), Whole([4, 0, 0, 2], 2, 2)], new EmbeddingBackwardSettings(5, -1)),
        Row(
            F.EmbeddingDenseBackward, "padding, int32, transposed", () => [Strided(3, 2), Whole32([4, 1, 1], 3)],
            new EmbeddingBackwardSettings(5, 1)),
        Row(F.EmbeddingDenseBackward, "one word, float32", () => [Float32(0, 3), Whole([2])], new EmbeddingBackwardSettings(4, -1)),
        Row(F.EmbeddingDenseBackward, "none", () => [Reals(0, 3), Whole([], 0)], new EmbeddingBackwardSettings(4, -1)),
        Row(F.OneHot, "a matrix", () => [Whole([0, 3, 1, 1, 2, 0], 2, 3)], new OneHotSettings(4)),
        Row(F.OneHot, "one number", () => [Whole([1])], new OneHotSettings(2)),
        Row(F.OneHot, "none", () => [Whole([], 0)], new OneHotSettings(3)),
    ];

    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, Settings? settings = null) =>
        new(primitive, name, inputs, settings);
}
