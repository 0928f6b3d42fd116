using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

/// <summary>
/// Elements brought together by indices or values, places of elements, parts of floating-point numbers, and Bessel functions.
/// </summary>
public static class GroupingSamples
{
    public static IEnumerable<OpSample> All { get; } =
    [
        .. DTypes.All.Select(d => Row(F.NonzeroStatic, d.Name(), () => [Make.Integers([2, 3], 0, 2, d)], new NonzeroSettings(4, -1))),
        Row(F.NonzeroStatic, "too few places, transposed", () => [F.transpose(Make.Integers([3, 2], 0, 2), 0, 1)], new NonzeroSettings(
            1, 7)),
        Row(F.NonzeroStatic, "no places, NaN and -0", () => [Make.Values([3], double.NaN, -0.0, 1)], new NonzeroSettings(0, -1)),
        Row(F.NonzeroStatic, "NaN and -0", () => [Make.Values([3], double.NaN, -0.0, 1)], new NonzeroSettings(3, -1)),
        Row(F.NonzeroStatic, "empty", () => [Reals(0, 3)], new NonzeroSettings(2, 0)),
        .. new[] { DType.Int64, DType.Int32, DType.Int16, DType.Int8, DType.UInt8 }.Select(
            d => Row(F.UniqueSlices, d.Name(), () => [Make.Integers([6, 2], 0, 2, d)])),
        Row(F.UniqueSlices, "transposed", () => [F.transpose(Make.Integers([2, 5], 0, 2), 0, 1)]),
        Row(F.UniqueSlices, "one row", () => [Make.Integers([1, 3])]),
        .. new[] { "sum", "prod", "mean", "amax", "amin" }.SelectMany(Reduced),
        Row(F.Histc, "given range", () => [Reals(3, 7)], new HistcSettings(5, -1.0, 1.5)),
        Row(F.Histc, "range of the elements, float32, transposed", () => [Strided(4, 3).to(DType.Float32)], new HistcSettings(3, 0.0, 0.0)),
        Row(F.Histc, "equal elements", () => [F.ones([3], DType.Float64)], new HistcSettings(4, 0.0, 0.0)),
        Row(F.Histc, "empty", () => [Reals(0)], new HistcSettings(2, 0.0, 0.0)),
        Row(F.Frexp, "numbers", () => [Make.Values([2, 3], 1.3, -3.7, 1000, 1e-2, 0.6, 9)]),
        Row(F.Frexp, "zeros, powers of 2 and small numbers", () => [Make.Values([5], 0, -0.0, 0.5, 8, 1e-310)]) with
        {
            DifferentiateBy = []
        },
        .. DTypes.All.Where(d => d.IsFloatingPoint()).Select(
            d => Row(F.Frexp, d.Name(), () => [Make.Real([3], d)]) with { DifferentiateBy = [] }),
        .. new[] { DType.Float32, DType.Float64, DType.BFloat16 }.Select(
            d => Row(F.NextAfter, d.Name(), () => [Make.Real([2, 3], d), Make.Real([3], d, 5)])),
        Row(F.NextAfter, "a number", () => [Make.Values([3], 0, 1, double.NaN), 2.5]),
        Row(F.I0, "numbers", () => [Reals(2, 3)]),
        Row(F.I0, "at 0", () => [Make.Values([2], 0, 8.5)]) with { Tolerance = 1e-4 },
        .. DTypes.All.Select(d => Row(F.I0, d.Name(), () => [Make.Integers([3], 0, 4, d)]) with { DifferentiateBy = [] }),
        Row(F.I1, "numbers", () => [Reals(2, 3)]),
        Row(F.I1, "at 0", () => [Make.Values([2], 0, 8.5)]) with { Tolerance = 1e-4 },
        Row(F.I1, "float32", () => [Float32(0, 3)]),
        .. new[] { F.I0e, F.I1e, F.Erfcx }.SelectMany(p => new[]
        {
            Row(p, "numbers", () => [Reals(2, 3)]),
            Row(p, "float32 and large", () => [Make.Values([3], 0, 200, 40).to(DType.Float32)]),
        }),
        Row(F.Ndtri, "numbers", () => [Make.Values([4], 0.1, 0.5, 0.93, 0.999)]) with { Tolerance = 1e-4 },
        Row(F.Ndtri, "ends and outside", () => [Make.Values([4], 0, 1, -1, 2)]) with { DifferentiateBy = [] },
    ];

    private static IEnumerable<OpSample> Reduced(string reduce)
    {
        foreach (var includesSelf in new[] { true, false })
        {
            OpSample Sample(string name, Func<Tensor[]> inputs, long dim) =>
                Row(F.ScatterReduce, $"{reduce}, {(includesSelf ? "with" : "without")} self, {name}", inputs, new ScatterReduceSettings(
                    dim, reduce, includesSelf));

            yield return Sample("collisions", () => [Reals(2, 4), Whole([2, 2, 0, 1, 1, 1], 2, 3), Seeded(1, 2, 3)], 1);
            yield return Sample(
                "rows that nothing names, transposed", () => [Strided(4, 3), Whole([2, 0, 2, 2, 0, 2], 2, 3), SeededStrided(1, 2, 3)], -2);
            yield return Sample("larger source", () => [Reals(3, 4), Whole([2, 0], 1, 2), Seeded(1, 2, 3)], 0) with
            {
                NoAutograd = "libtorch's own gradient has the shape of the index, which it then rejects",
            };
            yield return Sample(
                "zeros", () => [Make.Values([3], 2, 0, 3), Whole([0, 0, 1, 1, 2], 5), Make.Values([5], 0, 4, 0, 0, 5)], 0) with
            {
                DifferentiateBy = [],
            };
            yield return Sample("int64", () => [Whole([1, 2], 2), Whole([1, 1, 0], 3), Whole([5, 6, -7], 3)], 0);
            yield return Sample("no index", () => [Reals(3), Whole([], 0), Reals(0)], 0) with { DifferentiateBy = [0] };
            yield return Sample("no dims", () => [Reals(), Whole([0]), Seeded(1)], 0);
        }
    }

    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, Settings? settings = null) =>
        new(primitive, name, inputs, settings);
}
