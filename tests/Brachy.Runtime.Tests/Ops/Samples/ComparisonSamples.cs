using Brachy.Extending;

namespace Brachy.Tests.Ops.Samples;

public static class ComparisonSamples
{
    public static IEnumerable<OpSample> All { get; } =
    [
        .. new[] { F.Eq, F.Ne, F.Lt, F.Le, F.Gt, F.Ge, F.LogicalAnd, F.LogicalOr, F.LogicalXor }.SelectMany(Binary),
        .. DTypes.All.Select(dtype => new OpSample(
            F.Where, dtype.Name(), () => [Make.Bools([2, 3]), Make.Positive([2, 3], dtype), Make.Integers([2, 3], 0, 3, dtype)])),
        new(F.Where, "broadcast", () => [Make.Bools([2, 1]), Make.Real([3]), Make.Real([1, 1], seed: 6)]),
        new(F.Where, "0-dim", () => [Make.Bools([]), Make.Real([3]), Make.Real([], seed: 6)]),
        new(F.Where, "empty", () => [Make.Bools([0]), Make.Real([0]), Make.Real([1], seed: 6)]),
        new(F.Where, "number right", () => [Make.Bools([2, 3]), Make.Real([2, 3]), 0]),
        new(F.Where, "number left", () => [Make.Bools([2, 3]), 0.5, Make.Real([2, 3])]),
        new(F.Where, "two numbers", () => [Make.Bools([4]), 1, 0.5]),
        new(F.Where, "two integers", () => [Make.Bools([4]), 1, 0]),
        new(F.Where, "large integer", () => [Make.Bools([4]), long.MaxValue, Make.Integers([4])]),
        new(F.Where, "two truth values", () => [Make.Bools([4]), true, false]),
        new(F.Where, "truth value beside bool", () => [Make.Bools([4]), true, Make.Bools([4], seed: 9)]),
        new(F.Where, "real beside integers", () => [Make.Bools([4]), Make.Integers([4]), 1.5]),
        new(F.Where, "mixed types", () => [Make.Bools([4]), Make.Integers([4]), Make.Real([4], DType.Float16)]),
    ];

    private static IEnumerable<OpSample> Binary(Primitive primitive)
    {
        foreach (var dtype in DTypes.All)
        {
            yield return new(primitive, dtype.Name(), () => [Make.Integers([2, 5], 0, 3, dtype, 5), Make.Integers([2, 5], 0, 3, dtype, 6)]);
        }

        yield return new(primitive, "row beside column", () => [Make.Real([2, 1]), Make.Real([1, 3], seed: 6)]);
        yield return new(primitive, "0-dim", () => [Make.Real([]), Make.Real([2], seed: 6)]);
        yield return new(primitive, "empty", () => [Make.Real([0, 3]), Make.Real([1, 3], seed: 6)]);
        yield return new(primitive, "number right", () => [Make.Real([2, 3]), 0.7]);
        yield return new(primitive, "number left", () => [2, Make.Integers([8])]);
        yield return new(primitive, "real beside integers", () => [Make.Integers([8]), 2.5]);
        yield return new(primitive, "truth value right", () => [Make.Bools([4]), true]);
        yield return new(primitive, "truth value left", () => [false, Make.Bools([4])]);
        yield return new(primitive, "two numbers", () => [3, 3.0]);
        yield return new(primitive, "mixed types", () => [Make.Integers([3], dtype: DType.UInt8), Make.Real([3], DType.BFloat16)]);
        yield return new(primitive, "large integer", () => [Make.Integers([3]) + (1L << 60), (1L << 60) + 2]);
        yield return new(primitive, "not a number", () => [Make.Values([2], double.NaN, 1), Make.Values([2], double.NaN, double.NaN)]);
    }
}
