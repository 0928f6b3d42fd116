namespace Brachy.Ranks.Tests;

/// <summary>Collectives on tensors, as the program's ranks check them: eager, compiled, in loops, in functions of one sample.</summary>
public class TensorTests
{
    public static TheoryData<MpiKind, int> Runs => MpiKinds.With(2, 3);

    [MpiTheory]
    [MemberData(nameof(Runs))]
    public void EveryCollective(MpiKind kind, int ranks) => IsDone(MpiRun.Start(kind, ranks, "tensors"), ranks);

    [MpiTheory]
    [MemberData(nameof(Runs))]
    public void Gradients(MpiKind kind, int ranks) => IsDone(MpiRun.Start(kind, ranks, "tensor-gradients"), ranks);

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void LargeAndSmallTogether(MpiKind kind) => IsDone(MpiRun.Start(kind, 2, "big-tensors"), 2);

    [Theory]
    [InlineData("tensors")]
    [InlineData("tensor-gradients")]
    [InlineData("big-tensors")]
    public void OneRankAlone(string name) => IsDone(MpiRun.Alone(name), 1);

    private static void IsDone(MpiResult result, int ranks) =>
        Assert.Equal(Enumerable.Range(0, ranks).Select(rank => $"done {rank}"), result.Succeeded().Lines);
}
