using Brachy.Extending;

namespace Brachy.Tests.Ops.Samples;

public static class ArithmeticSamples
{
    public static IEnumerable<OpSample> All { get; } =
    [
        .. new[] { F.Add, F.Mul, F.Div, F.Maximum, F.Minimum }.SelectMany(p => Binary(p, withBool: true)),
        .. new[] { F.Sub, F.Pow, F.Remainder, F.FMod, F.FloorDivide }.SelectMany(p => Binary(p, withBool: false)),
        new(F.Sub, "large integer left", () => [(1L << 60) + 1, Make.Integers([3])]),
        new(F.Maximum, "large integer", () => [Make.Integers([3]), (1L << 60) + 1]),
        new(F.Pow, "square", () => [Make.Real([2, 3]), 2]),
        new(F.Pow, "cube of negative values", () => [Make.Real([2, 3]), 3]),
        new(F.Pow, "power 0", () => [Make.Real([2, 3]), 0]),
        new(F.Pow, "power 1", () => [Make.Real([2, 3]), 1.0]),
        new(F.Pow, "negative power", () => [Make.Positive([2, 3]), -1.5]),
        new(F.Pow, "power 2 at 0", () => [Make.Values([3], -1, 0, 1), 2]),
        new(F.Pow, "power 3 at 0", () => [Make.Values([3], -1, 0, 1), 3]),
        new(F.Pow, "integer exponents as tensor", () => [Make.Real([4]), Make.Integers([4])]),
        new(F.Pow, "number to the power of a tensor", () => [2.5, Make.Real([2, 3])]),
        new(F.Pow, "0 to the power of a tensor", () => [0, Make.Positive([3])]) { DifferentiateBy = [1] },
        new(F.Pow, "base 0, by the exponent", () => [Make.Values([3], 0, 1, 2), Make.Positive([3])]) { DifferentiateBy = [1] },
        new(F.Remainder, "negative", () => [Make.Real([2, 3]), Make.Real([2, 3], seed: 8)]),
        new(F.FMod, "negative", () => [Make.Real([2, 3]), Make.Real([2, 3], seed: 8)]),
        .. new[] { F.Mul, F.Div, F.Maximum, F.Remainder, F.FMod, F.FloorDivide }.SelectMany(BesideTruths),
        new(F.FloorDivide, "negative integers", () => [Make.Integers([6], -9, 9), Make.Integers([6], 1, 4)]),
        Clamp("between", 0.5, 1.0, () => [Make.Real([3, 4])]),
        Clamp("below", null, 1, () => [Make.Real([3, 4])]),
        Clamp("above", 0, null, () => [Make.Real([3, 4])]),
        Clamp("integers by a real", 1.5, null, () => [Make.Integers([3])]),
        Clamp("integers", 2, 4, () => [Make.Integers([6])]),
        Clamp("bool by integers", 0, 1, () => [Make.Bools([3])]),
        Clamp("half", 0.5, 1.0, () => [Make.Real([3], DType.Float16)]),
        Clamp("number", 0.5, 1.0, () => [2]),
    ];

    /// <summary>Truth values beside real numbers, by which alone there is a gradient.</summary>
    internal static IEnumerable<OpSample> BesideTruths(Primitive primitive) =>
    [
        new(primitive, "truths on the left", () => [Make.Bools([2, 3]), Make.Positive([2, 3])])
        {
            DifferentiateBy = [1],
            NoAutograd = "libtorch's own gradients end the process where they subtract truth values"
        },
        new(primitive, "truths on the right", () => [Make.Positive([2, 3]), F.ones([2, 3], DType.Bool)])
        {
            DifferentiateBy = [0],
            NoAutograd = "libtorch's own gradients end the process where they subtract truth values"
        },
    ];

    private static IEnumerable<OpSample> Binary(Primitive primitive, bool withBool)
    {
        foreach (var dtype in DTypes.All.Where(d => withBool || d != DType.Bool))
        {
            yield return new(primitive, dtype.Name(), () => [Values([2, 3], dtype, 5), Values([2, 3], dtype, 6)]);
        }

        yield return new(primitive, "row beside column", () => [Make.Positive([2, 1]), Make.Positive([1, 3], seed: 6)]);
        yield return new(primitive, "size 1", () => [Make.Positive([1]), Make.Positive([3, 2], seed: 6)]);
        yield return new(primitive, "0-dim", () => [Make.Positive([]), Make.Positive([2], seed: 6)]);
        yield return new(primitive, "empty", () => [Make.Positive([0, 3]), Make.Positive([1, 3], seed: 6)]);
        yield return new(primitive, "number right", () => [Make.Positive([2, 3]), 0.7]);
        yield return new(primitive, "number left", () => [1.3, Make.Positive([2, 3])]);
        yield return new(primitive, "integer right", () => [Make.Positive([2, 3], DType.Float32), 2]);
        yield return new(primitive, "integer left", () => [3, Make.Positive([2, 3], DType.BFloat16)]);
        yield return new(primitive, "real beside integers", () => [Make.Integers([4]), 1.5]);
        yield return new(primitive, "integers after a real", () => [1.5, Make.Integers([4])]);
        yield return new(primitive, "two numbers", () => [3.5, 2]);
        yield return new(primitive, "mixed types", () => [Make.Integers([3], dtype: DType.Int8), Make.Positive([3], DType.Float16)]);
        yield return new(primitive, "0-dim float64 beside float32", () => [Make.Positive([3], DType.Float32), Make.Positive([])])
        {
            DifferentiateBy = []
        };
        if (withBool)
        {
            yield return new(primitive, "truth value right", () => [Make.Bools([4]), true]);
            yield return new(primitive, "truth value left", () => [true, Make.Bools([4])]);
            yield return new(primitive, "truth value beside real", () => [Make.Real([4]), true]);
        }
    }

    private static Tensor Values(Shape shape, DType dtype, int seed) =>
        dtype.IsFloatingPoint() ? Make.Positive(shape, dtype, seed) : Make.Integers(shape, 1, 4, dtype, seed);

    private static OpSample Clamp(string name, Scalar? min, Scalar? max, Func<Tensor[]> inputs) =>
        new(F.Clamp, name, inputs, new ClampSettings(min, max));
}
