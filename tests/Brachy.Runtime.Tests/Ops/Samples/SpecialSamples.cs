using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

/// <summary>Trigonometry, special functions, and functions of bits.</summary>
public static class SpecialSamples
{
    private static readonly DType[] s_some = [DType.Float64, DType.Float32, DType.Float16, DType.BFloat16, DType.Int64, DType.Bool];

    public static IEnumerable<OpSample> All { get; } =
    [
        .. new[] { F.Atan, F.Sinh, F.Cosh, F.Asinh, F.Exp2, F.Erfc }.SelectMany(p => Unary(p, Make.Real)),
        .. new[] { F.Log2, F.Log10, F.Lgamma, F.Digamma }.SelectMany(p => Unary(p, Make.Positive)),
        .. new[] { F.Asin, F.Acos, F.Atanh }.SelectMany(
            p => Unary(p, (shape, dtype, seed) => Make.Real(shape, DType.Float64, seed).mul(0.45).to(dtype))),
        .. Unary(F.Acosh, (shape, dtype, seed) => Make.Positive(shape, DType.Float64, seed).add(0.8).to(dtype)),
        .. Unary(F.Polygamma, Make.Positive, new PolygammaSettings(0)),
        .. Unary(F.Polygamma, Make.Positive, new PolygammaSettings(1)),
        Row(F.Polygamma, "third derivative", () => [Positive(0, 3)], new PolygammaSettings(3)),
        Row(F.Lgamma, "negative", () => [Make.Values([3], -0.5, -1.3, -2.7)]),
        Row(F.Digamma, "negative", () => [Make.Values([3], -0.5, -1.3, -2.7)]),
        Row(F.Asin, "outside", () => [Make.Values([2], -2, 2)]) with { DifferentiateBy = [] },
        .. new[] { F.Atan2, F.XLogY, F.CopySign }.SelectMany(p => Binary(p, DTypes.All)),
        .. new[] { F.Hypot, F.LogAddExp }.SelectMany(p => Binary(p, [.. DTypes.All.Where(d => d.IsFloatingPoint())])),
        .. ArithmeticSamples.BesideTruths(F.Atan2),
        Row(F.Atan2, "all quadrants", () => [Make.Values([4], 1, 1, -1, -1), Make.Values([4], 1, -1, 1, -1)]),
        Row(F.XLogY, "at zero", () => [Make.Values([3], 0, 0, 0), Make.Values([3], 0, double.NaN, -1)]) with { DifferentiateBy = [] },
        Row(F.LogAddExp, "infinite", () => [Make.Values([2], double.PositiveInfinity, double.NegativeInfinity), Make.Values(
            [2], double.PositiveInfinity, double.NegativeInfinity)]) with
        {
            DifferentiateBy = [],
        },
        Row(F.LogAddExp, "large", () => [Make.Values([2], 1000, -1000), Make.Values([2], 1000.5, 3)]),
        Row(F.CopySign, "zeros", () => [Make.Values([3], 1, -2, 3), Make.Values([3], -0.0, 0.0, -0.0)]) with { DifferentiateBy = [0] },
        .. DTypes.All.Where(d => d != DType.Bool).Select(d => Row(F.Trunc, d.Name(), () => [Make.Real([2, 3], d)])),
        Row(F.Trunc, "0-dim", () => [Reals()]),
        Row(F.Trunc, "number", () => [-2.75]),
        .. DTypes.All.Select(d => Row(F.Isinf, d.Name(), () => [Make.Real([2, 3], d)])),
        Row(F.Isinf, "not finite", () => [Infinities()]),
        .. DTypes.All.Select(d => Row(F.NanToNum, d.Name(), () => [Make.Real([2, 3], d)], new NanToNumSettings(0.0, null, null))),
        Row(F.NanToNum, "not finite", () => [Infinities()], new NanToNumSettings(7.0, 1.5, null)) with { DifferentiateBy = [] },
        Row(F.NanToNum, "to infinities, strided", () => [Strided(3, 4)], new NanToNumSettings(double.PositiveInfinity, double.NaN, -2.0)),
        Row(F.NanToNum, "number", () => [double.NaN], new NanToNumSettings(1.0, null, null)),
        .. new[] { F.BitwiseAnd, F.BitwiseOr, F.BitwiseXor }.SelectMany(p => Bits(p, [.. DTypes.All.Where(d => !d.IsFloatingPoint())])),
        .. new[] { F.BitwiseLeftShift, F.BitwiseRightShift, F.Gcd, F.Lcm }.SelectMany(
            p => Bits(p, [.. DTypes.All.Where(d => d.IsInteger())])),
        Row(F.BitwiseAnd, "bool and integers", () => [Make.Bools([3]), Make.Integers([2, 1])]),
        Row(F.BitwiseXor, "with a truth value", () => [Make.Bools([3]), true]),
        .. DTypes.All.Where(d => !d.IsFloatingPoint()).Select(d => Row(F.BitwiseNot, d.Name(), () => [Make.Integers([2, 3], 0, 5, d)])),
        Row(F.BitwiseNot, "number", () => [5]),
        Row(F.Erfinv, "reals", () => [Make.Real([3, 4]) * 0.45]),
        Row(F.Erfinv, "transposed", () => [F.transpose(Make.Real([4, 3]), 0, 1) * 0.45]),
        Row(F.Erfinv, "float32", () => [Make.Real([7], DType.Float32, 2) * 0.45]),
        Row(F.Erfinv, "bfloat16", () => [(Make.Real([7], DType.Float32, 2) * 0.45).to(DType.BFloat16)]),
        Row(F.Erfinv, "no dims", () => [Make.Of([], DType.Float64, _ => 0.3)]),
        Row(F.Erfinv, "number", () => [0.3]),
        Row(F.Erfinv, "limits and beyond", () => [Make.Values([4], -1, 0, 1, 2)]) with { DifferentiateBy = [] },
    ];

    private static Tensor Infinities() => Make.Values([4], double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.5);

    private static IEnumerable<OpSample> Unary(Primitive primitive, Func<Shape, DType, int, Tensor> make, Settings? settings = null)
    {
        var kind = settings is null ? "" : $"{settings} ";
        foreach (var dtype in s_some)
        {
            yield return Row(primitive, $"{kind}{dtype.Name()}", () => [make([2, 3], dtype, 2)], settings);
        }

        yield return Row(primitive, $"{kind}transposed", () => [F.transpose(make([3, 2], DType.Float64, 5), 0, 1)], settings);
        yield return Row(primitive, $"{kind}0-dim", () => [make([], DType.Float64, 2)], settings);
        yield return Row(primitive, $"{kind}empty", () => [make([2, 0], DType.Float64, 2)], settings);
        yield return Row(primitive, $"{kind}number", () => [1.25], settings);
    }

    private static IEnumerable<OpSample> Binary(Primitive primitive, IReadOnlyList<DType> dtypes)
    {
        foreach (var dtype in dtypes)
        {
            yield return Row(primitive, dtype.Name(), () => [Make.Positive([2, 3], dtype), Make.Positive([2, 3], dtype, seed: 6)]);
        }

        yield return Row(primitive, "broadcast, transposed", () => [Strided(3, 4), Positive(1, 4)]);
        yield return Row(primitive, "size 1", () => [Reals(2, 1), Positive(1, 1, 3)]);
        yield return Row(primitive, "float32 and float64", () => [Float32(0, 3), Positive(1)]) with { DifferentiateBy = [] };
        yield return Row(primitive, "number right", () => [Reals(3), 1.1]);
        yield return Row(primitive, "number left", () => [-1.1, Positive(0, 3)]);
        yield return Row(primitive, "0-dim", () => [Reals(), Positive(1)]);
        yield return Row(primitive, "empty", () => [Reals(2, 0), Positive(1, 1)]);
    }

    private static IEnumerable<OpSample> Bits(Primitive primitive, IReadOnlyList<DType> dtypes)
    {
        foreach (var dtype in dtypes)
        {
            yield return Row(
                primitive, dtype.Name(), () => [Make.Integers([2, 3], 0, 7, dtype), Make.Integers([2, 3], 0, 4, dtype, seed: 6)]);
        }

        yield return Row(
            primitive, "broadcast, int32 and int64", () => [Make.Integers([2, 3], 0, 7, DType.Int32), Make.Integers([3], 0, 7, seed: 6)]);
        yield return Row(primitive, "number right", () => [Make.Integers([3], -9, 9), 3]);
        yield return Row(primitive, "number left", () => [12, Make.Integers([3], 0, 9)]);
        yield return Row(primitive, "empty", () => [Make.Integers([0, 2]), Make.Integers([2])]);
    }

    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, Settings? settings = null) =>
        new(primitive, name, inputs, settings);
}
