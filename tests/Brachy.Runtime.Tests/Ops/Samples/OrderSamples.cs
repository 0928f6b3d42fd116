using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

/// <summary>Sorting, positions in sorted sequences, and running reductions.</summary>
public static class OrderSamples
{
    private static readonly DType[] s_some = [DType.Float32, DType.Float16, DType.BFloat16, DType.Int64, DType.UInt8];

    public static IEnumerable<OpSample> All { get; } =
    [
        .. s_some.Append(DType.Bool).Select(d => Sort($"{d.Name()}", () => [Make.Integers([3, 4], 0, 9, d)], -1, false)),
        Sort("last dim", () => [Reals(3, 5)], -1, false),
        Sort("first dim, descending, transposed", () => [Strided(4, 3)], 0, true),
        Sort("ties and NaN", () => [Make.Values([5], 2, double.NaN, 1, 2, 1)], 0, false) with { DifferentiateBy = [] },
        Sort("0-dim", () => [Reals()], -1, true),
        Sort("empty", () => [Reals(2, 0)], 1, false),
        .. s_some.Select(d => TopK($"{d.Name()}", () => [Make.Integers([3, 5], 0, 9, d)], 2, -1)),
        TopK("last dim", () => [Reals(3, 5)], 3, -1),
        TopK("smallest, first dim, transposed", () => [Strided(4, 3)], 2, 0, largest: false),
        TopK("unsorted", () => [Reals(6)], 4, 0, sorted: false),
        TopK("all", () => [Reals(2, 3)], 3, 1),
        TopK("none", () => [Reals(2, 3)], 0, 1),
        TopK("0-dim", () => [Reals()], 1, 0),
        .. s_some.Select(d => KthValue($"{d.Name()}", () => [Make.Integers([3, 5], 0, 9, d)], 2, 1)),
        KthValue("last dim", () => [Reals(3, 5)], 4, 1),
        KthValue("first dim, kept, transposed", () => [Strided(4, 3)], 1, 0, keepdim: true),
        KthValue("0-dim", () => [Reals()], 1, 0),
        KthValue("no rows", () => [Reals(0, 3)], 2, 1),
        .. s_some.Select(d => Reduce(F.MedianDim, $"{d.Name()}", () => [Make.Integers([3, 5], 0, 9, d)], [1])),
        Reduce(F.MedianDim, "even, last dim", () => [Reals(3, 6)], [1]),
        Reduce(F.MedianDim, "first dim, kept, transposed", () => [Strided(5, 3)], [0], keepdim: true),
        Reduce(F.MedianDim, "0-dim", () => [Reals()], [0]),
        Reduce(F.MedianDim, "no rows", () => [Reals(0, 3)], [1]),
        .. s_some.Select(d => Reduce(F.Median, $"{d.Name()}", () => [Make.Integers([3, 5], 0, 9, d)], [0, 1])),
        Reduce(F.Median, "reals", () => [Reals(3, 4)], [0, 1]),
        Reduce(F.Median, "transposed", () => [Strided(5, 3)], [0, 1]),
        Reduce(F.Median, "0-dim", () => [Reals()], []),
        Row(
            F.SearchSorted, "one sequence", () => [Make.Values([4], 1, 3, 3, 5), Make.Values([2, 3], 0, 3, 4, 5, 6, 1)],
            new SearchSortedSettings(false, false)),
        Row(
            F.SearchSorted, "right, int32", () => [Make.Values([4], 1, 3, 3, 5), Make.Values([2, 3], 0, 3, 4, 5, 6, 1)],
            new SearchSortedSettings(true, true)),
        Row(
            F.SearchSorted, "a sequence each, transposed", () => [F.transpose(Make.Values([3, 2], 1, 2, 3, 4, 5, 6), 0, 1), Strided(2, 4)],
            new SearchSortedSettings(false, false)),
        Row(F.SearchSorted, "integers, one value", () => [Whole([1, 5, 9], 3), Whole([5])], new SearchSortedSettings(false, false)),
        Row(F.SearchSorted, "empty sequence", () => [Reals(0), Reals(3)], new SearchSortedSettings(false, false)),
        .. DTypes.All.Select(d => CumProd(d.Name(), () => [Make.Integers([2, 3], 0, 4, d)], 1, d)),
        CumProd("first dim, transposed", () => [Strided(3, 4)], 0),
        CumProd("one zero", () => [Make.Values([2, 4], 2, 0, 3, 4, 1, 2, 3, 0)], 1) with
        {
            NoSecondOrder = "the second derivative at zeros is left out"
        },
        CumProd("two zeros", () => [Make.Values([5], 2, 0, 3, 0, 4)], 0) with
        {
            NoSecondOrder = "the second derivative at zeros is left out"
        },
        CumProd("0-dim", () => [Reals()], 0),
        CumProd("empty", () => [Reals(2, 0)], 1),
        CumProd("integers as float64", () => [Make.Integers([3])], 0, to: DType.Float64),
        .. DTypes.All.Where(d => d.IsFloatingPoint()).Select(
            d => Row(F.LogCumSumExp, d.Name(), () => [Make.Real([2, 3], d)], new DimSettings(1))),
        Row(F.LogCumSumExp, "first dim, transposed", () => [Strided(3, 4)], new DimSettings(0)),
        Row(F.LogCumSumExp, "large", () => [Make.Values([4], -1000, 900, 1000, 999)], new DimSettings(0)) with { Tolerance = 1e-4 },
        Row(
            F.LogCumSumExp, "begins at nothing", () => [Make.Values([3], double.NegativeInfinity, double.NegativeInfinity, 1)],
            new DimSettings(0)) with { DifferentiateBy = [] },
        Row(F.LogCumSumExp, "0-dim", () => [Reals()], new DimSettings(0)),
        Row(F.LogCumSumExp, "empty", () => [Reals(2, 0)], new DimSettings(-1)),
        .. WeightedSums().Select(row => row with { NoAutograd = "libtorch's way goes over the logarithm of 0, whose slope is infinite" }),
        .. new[] { F.CumMax, F.CumMin }.SelectMany(Running),
    ];

    private static IEnumerable<OpSample> WeightedSums() =>
    [
        .. DTypes.All.Where(d => d.IsFloatingPoint()).Select(
            d => WeightedSum(d.Name(), () => [Make.Real([2, 3], d), Make.Real([2, 3], d, 5), Make.Real([2, 3], d, 6)], 1, false)),
        WeightedSum("from the end, first dim, transposed", () => [Strided(3, 4), Seeded(4, 3, 4), SeededStrided(6, 3, 4)], 0, true),
        WeightedSum(
            "large weights", () => [Make.Values([3], 1, -2, 3), Make.Values([3], 900, 1000, 999), Make.Values([3], -1000, -1000, -1000)], 0,
            true) with { Tolerance = 1e-4 },
        WeightedSum("zeros", () => [Make.Values([2, 3], 0, 0, 0, 1, 0, -1), Reals(2, 3), Seeded(3, 2, 3)], 1, true),
        WeightedSum("empty", () => [Reals(2, 0), Reals(2, 0), Reals(2, 0)], -1, false),
    ];

    private static OpSample WeightedSum(string name, Func<Tensor[]> inputs, long dim, bool reverse) =>
        Row(F.ExpWeightedCumSum, name, inputs, new ExpWeightedCumSumSettings(dim, reverse));

    private static IEnumerable<OpSample> Running(Primitive primitive)
    {
        foreach (var dtype in DTypes.All)
        {
            yield return Row(primitive, dtype.Name(), () => [Make.Integers([2, 5], 0, 9, dtype)], new DimSettings(1)) with
            {
                DifferentiateBy = []
            };
        }

        yield return Row(primitive, "last dim", () => [Reals(2, 6)], new DimSettings(-1));
        yield return Row(primitive, "first dim, transposed", () => [Strided(5, 2)], new DimSettings(0));
        yield return Row(primitive, "0-dim", () => [Reals()], new DimSettings(0));
        yield return Row(primitive, "empty", () => [Reals(0, 2)], new DimSettings(0));
    }

    private static OpSample Sort(string name, Func<Tensor[]> inputs, long dim, bool descending) =>
        Row(F.Sort, name, inputs, new SortSettings(dim, descending));

    private static OpSample TopK(string name, Func<Tensor[]> inputs, long k, long dim, bool largest = true, bool sorted = true) =>
        Row(F.TopK, name, inputs, new TopKSettings(k, dim, largest, sorted));

    private static OpSample KthValue(string name, Func<Tensor[]> inputs, long k, long dim, bool keepdim = false) =>
        Row(F.KthValue, name, inputs, new KthValueSettings([dim], keepdim, k));

    private static OpSample Reduce(Primitive primitive, string name, Func<Tensor[]> inputs, long[] dims, bool keepdim = false) =>
        Row(primitive, name, inputs, new ReductionSettings(dims, keepdim));

    private static OpSample CumProd(string name, Func<Tensor[]> inputs, long dim, DType from = DType.Float64, DType? to = null)
    {
        var row = Row(F.CumProd, name, inputs, new CumulativeSettings(dim, to ?? (from.IsFloatingPoint() ? from : DType.Int64)));
        return name == "float64" ? row with { NoSecondOrder = "the second derivative at zeros is left out" } : row;
    }

    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, Settings? settings = null) =>
        new(primitive, name, inputs, settings);
}
