namespace Brachy.Ranks.Tests;

/// <summary>Who the ranks are, with and without a launcher.</summary>
[Trait("Category", "Quick")]
public class BasicTests
{
    [MpiFact(MpiKind.OpenMpi)]
    public void OpenMpiStartsRanks() => RanksKnowWhoTheyAre(MpiKind.OpenMpi);

    [MpiFact(MpiKind.Mpich)]
    public void MpichStartsRanks() => RanksKnowWhoTheyAre(MpiKind.Mpich);

    private static void RanksKnowWhoTheyAre(MpiKind kind)
    {
        var result = MpiRun.Start(kind, 3, "who").Succeeded();
        Assert.Equal(["0 of 3, 0 here", "1 of 3, 1 here", "2 of 3, 2 here"], result.Lines);
        Assert.Matches(
            kind == MpiKind.OpenMpi ? "^$" : @"^\S+: rank 0 is process \d+, rank 1 is process \d+, rank 2 is process \d+\n$", result.Error);
    }

    [Fact]
    public void AProgramThatNoLauncherStartedIsTheOnlyRankAndNeedsNoMpi()
    {
        Dictionary<string, string> broken = new() { ["BRACHY_MPI"] = "/there/is/no/libmpi.so" };
        Assert.Equal(["0 of 1, 0 here"], MpiRun.Alone("who", environment: broken).Succeeded().Lines);
    }

    [Fact]
    public void TheOnlyRankMayFailToo()
    {
        var result = MpiRun.Alone("fail");
        Assert.Equal((1, "rank 0 of 1 failed: the data is not what it was\n"), (result.ExitCode, result.Error));
    }

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void ALauncherOfOneNeedsNoMpi(MpiKind kind)
    {
        Dictionary<string, string> broken = new() { ["BRACHY_MPI"] = "/there/is/no/libmpi.so" };
        Assert.Equal(["0 of 1, 0 here"], MpiRun.Start(kind, 1, "who", environment: broken).Succeeded().Lines);
    }

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void NullReferencesAreExceptionsStill(MpiKind kind) => Assert.Equal(
        ["caught by 0", "caught by 0", "caught by 0", "caught by 1", "caught by 1", "caught by 1"],
        MpiRun.Start(kind, 2, "null-reference").Succeeded().Lines);

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void CallsOfSeveralThreadsComeOneAfterAnother(MpiKind kind) =>
        Assert.Equal(["done 0", "done 1"], MpiRun.Start(kind, 2, "threads").Succeeded().Lines);

    [Theory]
    [InlineData("", "300")]
    [InlineData("2.5", "2.5")]
    [InlineData("0", "-0.001")]
    [InlineData("soon", "300")]
    public void TheEnvironmentSaysHowLongToWait(string value, string seconds) =>
        Assert.Equal([seconds], MpiRun.Alone("timeout", environment: new() { ["BRACHY_HANG_TIMEOUT"] = value }).Succeeded().Lines);
}
