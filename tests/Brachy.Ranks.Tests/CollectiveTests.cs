namespace Brachy.Ranks.Tests;

/// <summary>The collectives give what one rank computes from the values of all (the program compares).</summary>
public class CollectiveTests
{
    public static TheoryData<MpiKind, int> Runs => MpiKinds.With(2, 3);

    [MpiTheory]
    [MemberData(nameof(Runs))]
    public void EveryTypeWholeAndInPieces(MpiKind kind, int ranks) => IsDone(MpiRun.Start(kind, ranks, "collectives"), ranks);

    [MpiTheory]
    [MemberData(nameof(Runs))]
    public void TheLargestAndSmallestOfNaNIsNaN(MpiKind kind, int ranks) => IsDone(MpiRun.Start(kind, ranks, "nan"), ranks);

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void WrongArgumentsAreRefused(MpiKind kind) => IsDone(MpiRun.Start(kind, 2, "arguments"), 2);

    [Theory]
    [InlineData("collectives")]
    [InlineData("nan")]
    [InlineData("arguments")]
    public void OneRankAloneDoesTheSame(string name) => IsDone(MpiRun.Alone(name), 1);

    private static void IsDone(MpiResult result, int ranks) =>
        Assert.Equal(Enumerable.Range(0, ranks).Select(rank => $"done {rank}"), result.Succeeded().Lines);
}
