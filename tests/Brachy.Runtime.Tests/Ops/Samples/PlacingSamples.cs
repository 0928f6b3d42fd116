using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

/// <summary>Elements put in places, rolled, and on diagonals.</summary>
public static class PlacingSamples
{
    public static IEnumerable<OpSample> All =>
    [
        Row(F.Scatter, "rows", () => [Reals(2, 3), Whole([2, 0, 0, 1], 2, 2), Seeded(1, 2, 2)], new DimSettings(1)),
        Row(
            F.Scatter, "negative dim, larger source, transposed", () => [Strided(3, 4), Whole([2, 0], 1, 2), SeededStrided(1, 2, 3)],
            new DimSettings(-2)) with
        {
            NoAutograd = "libtorch's own gradient has the shape of the index, which it then rejects",
        },
        Row(F.Scatter, "a number", () => [Reals(2, 3), Whole([2, 0, 0, 1], 2, 2), 1.5], new DimSettings(1)),
        Row(F.Scatter, "an integer into float16", () => [Make.Real([2, 3], DType.Float16), Whole([2, 0], 2, 1), 3], new DimSettings(1)),
        Row(F.Scatter, "a truth value", () => [Make.Bools([4]), Whole([2, 0], 2), true], new DimSettings(0)),
        Row(F.Scatter, "int64", () => [Whole([1, 2], 2), Whole([1], 1), Whole([5, 6], 2)], new DimSettings(0)),
        Row(F.Scatter, "no index", () => [Reals(3, 4), Whole([], 0, 4), Seeded(1, 2, 4)], new DimSettings(0)) with
        {
            DifferentiateBy = [0]
        },
        Row(F.Scatter, "no dims", () => [Reals(), Whole([0]), Seeded(1)], new DimSettings(0)),
        Row(F.SliceScatter, "a middle part", () => [Reals(5, 2), Seeded(1, 3, 2)], new SliceSettings(0, 1, 4, 1)),
        Row(F.SliceScatter, "steps, negative dim, transposed", () => [Strided(3, 7), SeededStrided(1, 3, 2)], new SliceSettings(
            -1, 1, 7, 4)),
        Row(F.SliceScatter, "nothing, bool", () => [Make.Bools([3]), Flags([], 0)], new SliceSettings(0, 3, 3, 1)),
        Row(F.SliceScatter, "float32", () => [Float32(0, 3), Float32(1, 2)], new SliceSettings(0, 0, 2, 1)),
        Row(F.Index, "rows, repeated, negative", () => [Reals(4, 3), Whole([3, 0, -1], 3)]),
        Row(F.Index, "elements, broadcast, transposed", () => [Strided(4, 3), Whole([3, 0], 2, 1), Whole([2, 0, 1], 3)]),
        Row(F.Index, "of three dims", () => [Reals(2, 3, 4), Whole([1, 0, 1], 3), Whole([2, 2, 0], 3)]),
        Row(F.Index, "one element, int32", () => [Whole32([1, 2, 3], 3), Whole([1])]),
        Row(F.Index, "none, bool", () => [Make.Bools([3, 2]), Whole([], 0)]),
        Row(F.IndexPut, "rows, repeated, added", () => [Reals(4, 3), Seeded(1, 3, 3), Whole([3, 0, -1], 3)], new IndexPutSettings(true)),
        Row(F.IndexPut, "rows", () => [Reals(4, 3), Seeded(1, 2, 3), Whole([3, 0], 2)], new IndexPutSettings(false)),
        Row(
            F.IndexPut, "elements, broadcast, transposed", () => [Strided(4, 3), Seeded(1, 1, 3), Whole([3, 0], 2, 1), Whole([2, 0, 1], 3)],
            new IndexPutSettings(false)),
        Row(
            F.IndexPut, "one value, added", () => [Reals(2, 3, 4), Seeded(1), Whole([1, 0, 1], 3), Whole([2, 2, 2], 3)],
            new IndexPutSettings(true)),
        Row(F.IndexPut, "bool", () => [Make.Bools([3]), Flags([true]), Whole([1])], new IndexPutSettings(false)),
        Row(F.IndexPut, "float32, none", () => [Float32(0, 3, 2), Float32(1, 0, 2), Whole([], 0)], new IndexPutSettings(true)),
        Row(F.Roll, "one dim", () => [Reals(2, 5)], new RollSettings([2], [1])),
        Row(F.Roll, "two dims, negative, transposed", () => [Strided(4, 3)], new RollSettings([-1, 7], [-1, 0])),
        Row(F.Roll, "bool", () => [Make.Bools([5])], new RollSettings([1], [0])),
        Row(F.Roll, "empty, float32", () => [Float32(0, 0, 2)], new RollSettings([1], [0])),
        Row(F.Diagonal, "square", () => [Reals(3, 3)], new DiagonalSettings(0, 0, 1)),
        Row(F.Diagonal, "batch, above, dims swapped, transposed", () => [Strided(2, 3, 5)], new DiagonalSettings(1, -1, 1)),
        Row(F.Diagonal, "below, first and last dim", () => [Reals(4, 2, 3)], new DiagonalSettings(-2, 0, 2)),
        Row(F.Diagonal, "beyond, bool", () => [Make.Bools([2, 3])], new DiagonalSettings(5, 0, 1)),
        Row(F.Diagonal, "empty, float32", () => [Float32(0, 0, 3)], new DiagonalSettings(0, 0, 1)),
        Row(F.DiagonalScatter, "square", () => [Reals(3, 3), Seeded(1, 3)], new DiagonalSettings(0, 0, 1)),
        Row(F.DiagonalScatter, "batch, above, transposed", () => [Strided(2, 3, 5), Seeded(1, 2, 2)], new DiagonalSettings(1, -1, 1)),
        Row(F.DiagonalScatter, "int64, below", () => [Make.Integers([3, 2]), Whole([8], 1)], new DiagonalSettings(-2, 0, 1)),
    ];

    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, Settings? settings = null) =>
        new(primitive, name, inputs, settings);
}
