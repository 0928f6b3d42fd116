using Brachy.Ranks;

namespace Brachy.Tests.Ops.Samples;

/// <summary>Rows of what the ranks of a program give each other, in one of a single rank.</summary>
internal static class RankSamples
{
    private const string Filled = "libtorch does not see who fills the result's memory";

    public static IEnumerable<OpSample> All { get; } =
    [
        .. new[] { ReduceOp.Sum, ReduceOp.Max, ReduceOp.Min }.SelectMany(reduction => new[]
        {
            new OpSample(F.AllReduce, $"{reduction}, matrix", () => [Make.Real([2, 3])], new AllReduceSettings(reduction)),
            new OpSample(
                F.AllReduce, $"{reduction}, no dims, float32", () => [Make.Real([], DType.Float32)], new AllReduceSettings(reduction)),
        }),
        new(F.RankGather, "matrix", () => [Make.Real([2, 3])], new RankSettings(1)) { NoAutograd = Filled },
        new(F.RankScatter, "matrix", () => [Make.Real([1, 3])], new RankSettings(1)) { NoAutograd = Filled },
        new(F.RankBroadcast, "matrix", () => [Make.Real([2, 3])], new RankSourceSettings(0)),
        new(F.RankIndex, "alone", () => []),
    ];
}
