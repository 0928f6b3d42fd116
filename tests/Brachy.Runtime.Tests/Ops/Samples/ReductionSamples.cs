using Brachy.Extending;

namespace Brachy.Tests.Ops.Samples;

public static class ReductionSamples
{
    private static readonly DType[] s_reals = [.. DTypes.All.Where(d => d.IsFloatingPoint())];

    public static IEnumerable<OpSample> All { get; } =
    [
        .. new Primitive[] { F.Sum, F.Amax, F.Amin }.SelectMany(p => Reduction(p, DTypes.All)),
        .. new Primitive[] { F.Mean, F.Norm }.SelectMany(p => Reduction(p, s_reals)),
        .. new[] { F.Var, F.Std }.SelectMany(p => Reduction(p, s_reals)),
        .. new Primitive[] { F.Prod, F.MaxDim, F.MinDim, F.Any, F.All }.SelectMany(p => OneDim(p, DTypes.All)),
        .. new[] { F.Argmax, F.Argmin }.SelectMany(p => OneDim(p, [.. DTypes.All.Where(d => d != DType.Bool)])),
        .. DTypes.All.Select(dtype => CumSum(dtype.Name(), () => [Make.Integers([2, 3], 0, 4, dtype)], 1, dtype)),
        CumSum("first dim", () => [Make.Real([3, 2])], 0),
        CumSum("0-dim", () => [Make.Real([])], 0),
        CumSum("empty", () => [Make.Real([2, 0])], 1),
        CumSum("integers as float64", () => [Make.Integers([3])], 0, to: DType.Float64),
        Reduce(F.Sum, "float32 in float64", () => [Make.Real([2, 3], DType.Float32)], new SumSettings([1], false, DType.Float64)),
        Reduce(F.Sum, "empty", () => [Make.Real([0, 3])], new SumSettings([0], false, DType.Float64)),
        Reduce(F.Mean, "integers as float64", () => [Make.Integers([2, 3])], new SumSettings([0], true, DType.Float64)),
        Reduce(F.Mean, "empty", () => [Make.Real([0, 3])], new SumSettings([0], false, DType.Float64)),
        Reduce(F.Norm, "empty", () => [Make.Real([0, 3])], new NormSettings([0], false, 2.0)),
        Reduce(F.Norm, "zero", () => [Make.Values([2, 2], 0, 0, 3, 4)], new NormSettings([1], false, 2.0)) with { DifferentiateBy = [] },
        .. new[] { 0, 0.5, 1, 1.5, 3, -1, -2.5, double.PositiveInfinity, double.NegativeInfinity }.SelectMany(Orders),
        Reduce(F.Var, "correction 0", () => [Make.Real([2, 4])], new SpreadSettings([1], false, 0)),
        Reduce(F.Var, "correction 2", () => [Make.Real([2, 4])], new SpreadSettings([0, 1], true, 2)),
        Reduce(F.Std, "correction 2", () => [Make.Real([2, 4])], new SpreadSettings([1], false, 2)),
        Reduce(F.Var, "too few", () => [Make.Real([2, 1])], new SpreadSettings([1], false, 1)) with { DifferentiateBy = [] },
        Reduce(F.Amax, "ties", () => [Make.Values([2, 3], 1, 3, 3, 2, 2, 2)], new ReductionSettings([1], false)) with
        {
            DifferentiateBy = []
        },
        Reduce(F.Prod, "integers as float64", () => [Make.Integers([2, 3])], new SumSettings([0], true, DType.Float64)),
        Reduce(F.Prod, "one zero", () => [Make.Values([2, 3], 2, 0, 3, 1, 4, 5)], new SumSettings([1], false, DType.Float64)),
        Reduce(F.Prod, "two zeros", () => [Make.Values([3], 0, 2, 0)], new SumSettings([0], false, DType.Float64)) with
        {
            NoSecondOrder = "the second derivative where two zeros meet is left out",
        },
        Reduce(F.Any, "empty", () => [Make.Real([0, 3])], new ReductionSettings([0], false)),
        Reduce(F.All, "empty", () => [Make.Real([0, 3])], new ReductionSettings([0], false)),
    ];

    private static IEnumerable<OpSample> Reduction(Primitive primitive, IReadOnlyList<DType> dtypes)
    {
        foreach (var dtype in dtypes)
        {
            yield return Reduce(primitive, dtype.Name(), () => [Varied(dtype)], Reducing(primitive, dtype, [0], false));
        }

        yield return Reduce(primitive, "last dim", () => [Make.Real([2, 3])], Reducing(primitive, DType.Float64, [1], false));
        yield return Reduce(primitive, "several dims", () => [Make.Real([2, 3, 2])], Reducing(primitive, DType.Float64, [0, 2], false));
        yield return Reduce(
            primitive, "several dims, kept", () => [Make.Real([2, 3, 2])], Reducing(primitive, DType.Float64, [2, 0], true));
        yield return Reduce(primitive, "all dims", () => [Make.Real([2, 3])], Reducing(primitive, DType.Float64, [0, 1], false));
        if (primitive != F.Var && primitive != F.Std)
        {
            yield return Reduce(primitive, "0-dim", () => [Make.Real([])], Reducing(primitive, DType.Float64, [], false));
        }
    }

    private static IEnumerable<OpSample> Orders(double order)
    {
        yield return Reduce(F.Norm, $"order {order}", () => [F.transpose(Make.Real([4, 2]), 0, 1)], new NormSettings([1], false, order));
        yield return Reduce(F.Norm, $"order {order}, all dims, kept, float32", () => [Make.Real([2, 3], DType.Float32)], new NormSettings(
            [0, 1], true, order));
        yield return Reduce(F.Norm, $"order {order}, 0-dim", () => [Make.Real([])], new NormSettings([], false, order));
    }

    private static IEnumerable<OpSample> OneDim(Primitive primitive, IReadOnlyList<DType> dtypes)
    {
        foreach (var dtype in dtypes)
        {
            yield return Reduce(primitive, dtype.Name(), () => [Varied(dtype)], Reducing(primitive, dtype, [0], false));
        }

        yield return Reduce(primitive, "last dim", () => [Make.Real([2, 3])], Reducing(primitive, DType.Float64, [1], false));
        yield return Reduce(primitive, "kept", () => [Make.Real([2, 3, 2])], Reducing(primitive, DType.Float64, [1], true));
        yield return Reduce(primitive, "0-dim", () => [Make.Real([])], Reducing(primitive, DType.Float64, [0], false));
    }

    private static Settings Reducing(Primitive primitive, DType dtype, Shape dims, bool keepdim) =>
        primitive == F.Sum || primitive == F.Prod ? new SumSettings(dims, keepdim, dtype.IsFloatingPoint() ? dtype : DType.Int64)
        : primitive == F.Mean ? new SumSettings(dims, keepdim, dtype)
        : primitive == F.Norm ? new NormSettings(dims, keepdim, 2.0)
        : primitive == F.Var || primitive == F.Std ? new SpreadSettings(dims, keepdim, 1)
        : new ReductionSettings(dims, keepdim);

    private static Tensor Varied(DType dtype) => dtype.IsFloatingPoint() ? Make.Real([3, 2], dtype) : Make.Integers([3, 2], 0, 4, dtype);

    private static OpSample Reduce(Primitive primitive, string name, Func<Tensor[]> inputs, Settings settings) =>
        new(primitive, name, inputs, settings);

    private static OpSample CumSum(string name, Func<Tensor[]> inputs, long dim, DType from = DType.Float64, DType? to = null) =>
        new(F.CumSum, name, inputs, new CumulativeSettings(dim, to ?? (from.IsFloatingPoint() ? from : DType.Int64)));
}
