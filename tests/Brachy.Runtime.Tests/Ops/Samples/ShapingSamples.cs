using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class ShapingSamples
{
    public static IEnumerable<OpSample> All =>
    [
        Row(F.Reshape, "rows of another length", () => [Reals(4, 3)], new ShapeSettings([2, 6])),
        Row(F.Reshape, "to no dims", () => [Reals(1, 1)], new ShapeSettings([])),
        Row(F.Reshape, "from no dims", () => [Reals()], new ShapeSettings([1, 1])),
        Row(F.Reshape, "a transposed matrix, which is copied", () => [Strided(3, 5)], new ShapeSettings([15])),
        Row(F.Reshape, "empty", () => [Reals(0, 3)], new ShapeSettings([3, 0, 2])),
        Row(F.Reshape, "bool", () => [Flags([true, false, true], 3)], new ShapeSettings([3, 1])),
        Row(F.Expand, "size 1", () => [Reals(3, 1)], new ShapeSettings([3, 4])),
        Row(F.Expand, "new leading dims", () => [Reals(3)], new ShapeSettings([2, 1, 3])),
        Row(F.Expand, "to nothing", () => [Reals(1, 3)], new ShapeSettings([0, 3])),
        Row(F.Expand, "no dims, int64", () => [Whole([7])], new ShapeSettings([2, 2])),
        Row(F.Permute, "three dims", () => [Reals(2, 3, 4)], new DimsSettings([2, 0, 1])),
        Row(F.Permute, "a transposed matrix, negative dims", () => [Strided(3, 5)], new DimsSettings([-1, -2])),
        Row(F.Permute, "no dims", () => [Reals()], new DimsSettings([])),
        Row(F.ChannelsLastLayout, "images", () => [Reals(2, 3, 2, 4)]),
        Row(F.ChannelsLastLayout, "one channel, float32", () => [Float32(0, 2, 1, 2, 2)]),
        Row(F.Flip, "one dim", () => [Reals(2, 5)], new DimsSettings([1])),
        Row(F.Flip, "two dims, one negative, transposed", () => [Strided(2, 3)], new DimsSettings([-1, 0])),
        Row(F.Flip, "empty, float32", () => [Float32(0, 0, 2)], new DimsSettings([0])),
        Row(F.Cat, "three matrices", () => [Reals(2, 3), Seeded(1, 1, 3), Seeded(2, 4, 3)], new DimSettings(0)),
        Row(F.Cat, "negative dim, transposed", () => [Reals(2, 3), SeededStrided(1, 2, 2)], new DimSettings(-1)),
        Row(F.Cat, "one empty, one tensor", () => [Reals(0, 3)], new DimSettings(0)),
        Row(F.Cat, "float32 and float64", () => [Float32(0, 2), Reals(3)], new DimSettings(0)),
        Row(F.Cat, "int64 and float64", () => [Whole([1, 2], 2), Reals(3)], new DimSettings(0)),
        Row(F.Stack, "first", () => [Reals(2, 3), Seeded(1, 2, 3)], new DimSettings(0)),
        Row(F.Stack, "last, three", () => [Reals(2), Seeded(1, 2), Seeded(2, 2)], new DimSettings(-1)),
        Row(F.Stack, "no dims, int64 and bool", () => [Whole([7]), Flags([true])], new DimSettings(0)),
        Row(F.Split, "three unequal pieces", () => [Reals(2, 6)], new SplitSettings([1, 3, 2], 1)),
        Row(F.Split, "an empty piece, negative dim, transposed", () => [Strided(4, 3)], new SplitSettings([3, 0, 1], -2)),
        Row(F.Split, "one piece", () => [Reals(3)], new SplitSettings([3], 0)),
        Row(F.Slice, "a middle part", () => [Reals(5, 2)], new SliceSettings(0, 1, 4, 1)),
        Row(F.Slice, "steps, negative dim, transposed", () => [Strided(3, 7)], new SliceSettings(-1, 1, 7, 4)),
        Row(F.Slice, "nothing", () => [Reals(3)], new SliceSettings(0, 3, 3, 1)),
        Row(F.SliceBackward, "a middle part", () => [Reals(3, 2)], new SliceBackwardSettings([5, 2], 0, 1, 4, 1)),
        Row(F.SliceBackward, "steps, transposed", () => [Strided(3, 2)], new SliceBackwardSettings([3, 7], -1, 1, 7, 4)),
        Row(F.SliceBackward, "nothing, float32", () => [Float32(0, 0)], new SliceBackwardSettings([3], 0, 1, 1, 1)),
        Row(F.Select, "first dim", () => [Reals(3, 4)], new SelectSettings(0, 2)),
        Row(F.Select, "negative, transposed", () => [Strided(3, 4)], new SelectSettings(-1, -2)),
        Row(F.Select, "to no dims", () => [Reals(3)], new SelectSettings(0, 0)),
        Row(F.Pad, "both sides of two dims", () => [Reals(2, 3)], new PadSettings([1, 2, 0, 3], 0.5)),
        Row(F.Pad, "cuts and adds, transposed", () => [Strided(2, 5)], new PadSettings([-1, -2, 1, -1], 0.0)),
        Row(F.Pad, "nothing left, int64", () => [Whole([1, 2], 2)], new PadSettings([-1, -1], 0.0)),
        Row(F.Pad, "float32, empty", () => [Float32(0, 0, 2)], new PadSettings([0, 0, 2, 0], -1.5)),
        Row(F.Tril, "square", () => [Reals(4, 4)], new TriangleSettings(0)),
        Row(F.Tril, "batch, wide, above, transposed", () => [Strided(2, 3, 5)], new TriangleSettings(1)),
        Row(F.Tril, "bool", () => [Flags([true, true, true, true], 2, 2)], new TriangleSettings(0)),
        Row(F.Triu, "tall, below", () => [Reals(5, 3)], new TriangleSettings(-1)),
        Row(F.Triu, "empty, float32", () => [Float32(0, 0, 3)], new TriangleSettings(0)),
    ];

    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, Settings? settings = null) =>
        new(primitive, name, inputs, settings);
}
