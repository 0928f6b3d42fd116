using System.Text.RegularExpressions;

namespace Brachy.Ranks.Tests;

/// <summary>
/// A rank that fails, ends early, is killed or hangs ends the others, with a message that names it. The last of three does.
/// </summary>
public class FaultTests
{
    /// <summary>The case, its argument, and what is said.</summary>
    public static TheoryData<MpiKind, (string Case, string Argument, string Message)> Failures => MpiKinds.With(
        ("throw", "", "^rank 2 of 3 failed: System.InvalidOperationException: this rank has a fault$"),
        ("throw-on-thread", "", "^rank 2 of 3 failed: System.InvalidOperationException: this rank has a fault$"),
        ("exit", "3", "^rank 2 of 3 ended with exit code 3$"),
        ("exit", "0",
            @"Rank 2 has ended with exit code 0, but rank [01] is in collective 2 \(all-reduce \(sum\) of 1 float32 value for the loss\)"),
        ("return", "", "Rank 2 has ended with exit code 0, but rank [01] is in collective 2"),
        ("fail", "", "^rank 2 of 3 failed: the data is not what it was$"));

    [MpiTheory]
    [MemberData(nameof(Failures))]
    public void ARankThatFailsEndsTheOthers(MpiKind kind, (string Case, string Argument, string Message) failure)
    {
        var result = MpiRun.Start(kind, 3, failure.Case, [failure.Argument]);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Matches(new Regex(failure.Message, RegexOptions.Multiline), result.Error);
        Assert.DoesNotContain("sum", result.Output);
    }

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void AThreadThatFailsEndsItsRankWhileAnotherWaits(MpiKind kind)
    {
        var result = MpiRun.Start(kind, 2, "throw-while-waiting");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("rank 0 of 2 failed: System.InvalidOperationException: this rank has a fault", result.Error);
    }

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void ARankThatIsKilledEndsTheOthers(MpiKind kind)
    {
        var result = MpiRun.Start(kind, 3, "kill");
        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain("sum", result.Output);
        if (kind == MpiKind.OpenMpi)
        {
            Assert.Contains("rank 2", result.Error);
            return;
        }

        // MPICH's launcher kills the rest at once, and names the process that it finds ended first: most often the right one.
        Assert.Matches(@"rank 2 is process \d+", result.Error);
        Assert.Matches(@"PID \d+ RUNNING AT|rank 2 of 3 failed: its process, \d+, is gone", result.Output + result.Error);
    }

    [MpiTheory]
    [MemberData(nameof(Hangs))]
    public void ARankThatHangsIsNamedByThoseThatWait(MpiKind kind, string name)
    {
        var result = MpiRun.Start(kind, 3, name, ["1"]);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Matches(
            new Regex(
                @"^rank 2 has not reached collective 2 \(all-reduce \(sum\) of 1 float32 value for the loss\) within 1 s; last heard in 1$",
                RegexOptions.Multiline),
            result.Error);
        Assert.DoesNotContain("rank 0 has not", result.Error);
        Assert.DoesNotContain("rank 1 has not", result.Error);
    }

    public static TheoryData<MpiKind, string> Hangs => MpiKinds.With("hang", "spin");

    /// <summary>Two seconds are more than the others wait before they look around.</summary>
    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void ARankThatIsOnlySlowIsWaitedFor(MpiKind kind) =>
        Assert.Equal(["sum 3 on 0", "sum 3 on 1", "sum 3 on 2"], MpiRun.Start(kind, 3, "slow").Succeeded().Lines);

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void RanksThatNeverStartAreMissed(MpiKind kind)
    {
        var result = MpiRun.Start(kind, 3, "before", environment: new() { ["BRACHY_HANG_TIMEOUT"] = "1" });
        Assert.NotEqual(0, result.ExitCode);
        Assert.Matches("rank [01] of 3: not all ranks have started MPI within 1 s", result.Error);
    }
}
