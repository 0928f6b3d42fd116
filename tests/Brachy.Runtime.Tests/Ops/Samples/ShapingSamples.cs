using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class ShapingSamples
{
    public static IEnumerable<OpSample> All =>
    [
        Row(F.Reshape, "rows of another length", () => [Reals(4, 3)], ("shape", (long[])[2, 6])),
        Row(F.Reshape, "to no dims", () => [Reals(1, 1)], ("shape", (long[])[])),
        Row(F.Reshape, "from no dims", () => [Reals()], ("shape", (long[])[1, 1])),
        Row(F.Reshape, "a transposed matrix, which is copied", () => [Strided(3, 5)], ("shape", (long[])[15])),
        Row(F.Reshape, "empty", () => [Reals(0, 3)], ("shape", (long[])[3, 0, 2])),
        Row(F.Reshape, "bool", () => [Flags([true, false, true], 3)], ("shape", (long[])[3, 1])),
        Row(F.Expand, "size 1", () => [Reals(3, 1)], ("shape", (long[])[3, 4])),
        Row(F.Expand, "new leading dims", () => [Reals(3)], ("shape", (long[])[2, 1, 3])),
        Row(F.Expand, "to nothing", () => [Reals(1, 3)], ("shape", (long[])[0, 3])),
        Row(F.Expand, "no dims, int64", () => [Whole([7])], ("shape", (long[])[2, 2])),
        Row(F.Permute, "three dims", () => [Reals(2, 3, 4)], ("dims", (long[])[2, 0, 1])),
        Row(F.Permute, "a transposed matrix, negative dims", () => [Strided(3, 5)], ("dims", (long[])[-1, -2])),
        Row(F.Permute, "no dims", () => [Reals()], ("dims", (long[])[])),
        Row(F.ChannelsLastLayout, "images", () => [Reals(2, 3, 2, 4)]),
        Row(F.ChannelsLastLayout, "one channel, float32", () => [Float32(0, 2, 1, 2, 2)]),
        Row(F.Flip, "one dim", () => [Reals(2, 5)], ("dims", (long[])[1])),
        Row(F.Flip, "two dims, one negative, transposed", () => [Strided(2, 3)], ("dims", (long[])[-1, 0])),
        Row(F.Flip, "empty, float32", () => [Float32(0, 0, 2)], ("dims", (long[])[0])),
        Row(F.Cat, "three matrices", () => [Reals(2, 3), Seeded(1, 1, 3), Seeded(2, 4, 3)], ("dim", 0L)),
        Row(F.Cat, "negative dim, transposed", () => [Reals(2, 3), SeededStrided(1, 2, 2)], ("dim", -1L)),
        Row(F.Cat, "one empty, one tensor", () => [Reals(0, 3)], ("dim", 0L)),
        Row(F.Cat, "float32 and float64", () => [Float32(0, 2), Reals(3)], ("dim", 0L)),
        Row(F.Cat, "int64 and float64", () => [Whole([1, 2], 2), Reals(3)], ("dim", 0L)),
        Row(F.Stack, "first", () => [Reals(2, 3), Seeded(1, 2, 3)], ("dim", 0L)),
        Row(F.Stack, "last, three", () => [Reals(2), Seeded(1, 2), Seeded(2, 2)], ("dim", -1L)),
        Row(F.Stack, "no dims, int64 and bool", () => [Whole([7]), Flags([true])], ("dim", 0L)),
        Row(F.Split, "three unequal pieces", () => [Reals(2, 6)], ("sizes", (long[])[1, 3, 2]), ("dim", 1L)),
        Row(F.Split, "an empty piece, negative dim, transposed", () => [Strided(4, 3)], ("sizes", (long[])[3, 0, 1]), ("dim", -2L)),
        Row(F.Split, "one piece", () => [Reals(3)], ("sizes", (long[])[3]), ("dim", 0L)),
        Row(F.Slice, "a middle part", () => [Reals(5, 2)], ("dim", 0L), ("start", 1L), ("end", 4L), ("step", 1L)),
        Row(F.Slice, "steps, negative dim, transposed", () => [Strided(3, 7)], ("dim", -1L), ("start", 1L), ("end", 7L), ("step", 4L)),
        Row(F.Slice, "nothing", () => [Reals(3)], ("dim", 0L), ("start", 3L), ("end", 3L), ("step", 1L)),
        Row(F.SliceBackward, "a middle part", () => [Reals(3, 2)], ("shape", (long[])[5, 2]), ("dim", 0L), ("start", 1L), ("end", 4L), ("step", 1L)),
        Row(F.SliceBackward, "steps, transposed", () => [Strided(3, 2)], ("shape", (long[])[3, 7]), ("dim", -1L), ("start", 1L), ("end", 7L), ("step", 4L)),
        Row(F.SliceBackward, "nothing, float32", () => [Float32(0, 0)], ("shape", (long[])[3]), ("dim", 0L), ("start", 1L), ("end", 1L), ("step", 1L)),
        Row(F.Select, "first dim", () => [Reals(3, 4)], ("dim", 0L), ("index", 2L)),
        Row(F.Select, "negative, transposed", () => [Strided(3, 4)], ("dim", -1L), ("index", -2L)),
        Row(F.Select, "to no dims", () => [Reals(3)], ("dim", 0L), ("index", 0L)),
        Row(F.Pad, "both sides of two dims", () => [Reals(2, 3)], ("pad", (long[])[1, 2, 0, 3]), ("value", 0.5)),
        Row(F.Pad, "cuts and adds, transposed", () => [Strided(2, 5)], ("pad", (long[])[-1, -2, 1, -1]), ("value", 0.0)),
        Row(F.Pad, "nothing left, int64", () => [Whole([1, 2], 2)], ("pad", (long[])[-1, -1]), ("value", 0.0)),
        Row(F.Pad, "float32, empty", () => [Float32(0, 0, 2)], ("pad", (long[])[0, 0, 2, 0]), ("value", -1.5)),
        Row(F.Tril, "square", () => [Reals(4, 4)], ("diagonal", 0L)),
        Row(F.Tril, "batch, wide, above, transposed", () => [Strided(2, 3, 5)], ("diagonal", 1L)),
        Row(F.Tril, "bool", () => [Flags([true, true, true, true], 2, 2)], ("diagonal", 0L)),
        Row(F.Triu, "tall, below", () => [Reals(5, 3)], ("diagonal", -1L)),
        Row(F.Triu, "empty, float32", () => [Float32(0, 0, 3)], ("diagonal", 0L)),
    ];

    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, params (string, object?)[] attributes) =>
        new(primitive, name, inputs, Attributes.Of(attributes));
}
