namespace Brachy.Ranks.Tests;

/// <summary>Ranks that make different calls end with an exception that names both calls. The last of three makes another.</summary>
public class DisagreementTests
{
    private const string Ours = "all-reduce (sum) of 8 float32 values";
    private const string OursLarge = "all-reduce (sum) of 1,048,576 float32 values";

    /// <summary>The case and its argument, the call of the last rank, and that of the others.</summary>
    public static TheoryData<MpiKind, (string Case, string What, string Other, string Call)> Disagreements => MpiKinds.With(
        ("disagree", "count", "all-reduce (sum) of 16 float32 values", Ours),
        ("disagree", "shorter", "all-reduce (sum) of 4 float32 values", Ours),
        ("disagree", "type", "all-reduce (sum) of 8 int32 values", Ours),
        ("disagree", "op", "all-reduce (max) of 8 float32 values", Ours),
        ("disagree", "root", "broadcast of 8 bytes from rank 1", "broadcast of 8 bytes from rank 0"),
        ("disagree", "kind", "all-gather of 8 bytes of each rank", $"{Ours} for the gradients"),
        ("disagree", "scatter", "barrier", "reduce-scatter (sum) of 8 float64 values for each rank"),
        ("disagree-large", "count", "all-reduce (sum) of 1,048,584 float32 values", OursLarge),
        ("disagree-large", "shorter", "all-reduce (sum) of 524,288 float32 values", OursLarge),
        ("disagree-large", "kind", "all-gather of 8 bytes of each rank", $"{OursLarge} for the gradients"));

    [MpiTheory]
    [MemberData(nameof(Disagreements))]
    public void BothCallsAreNamed(MpiKind kind, (string Case, string What, string Other, string Call) row)
    {
        var result = MpiRun.Start(kind, 3, row.Case, [row.What]);
        Assert.NotEqual(0, result.ExitCode);

        // Rank 2 compares with what rank 1 does, and rank 0 with what rank 2 does; who comes first ends all.
        string[] messages =
        [
            $"Ranks disagree: collective 2 ({row.Call}) on rank 1 is collective 2 ({row.Other}) on rank 2.",
            $"Ranks disagree: collective 2 ({row.Other}) on rank 2 is collective 2 ({row.Call}) on rank 0.",
        ];
        Assert.True(messages.Any(message => result.Error.Contains(message, StringComparison.Ordinal)), $"{result}");
        Assert.DoesNotContain("nobody noticed on 0", result.Output);
        Assert.DoesNotContain("nobody noticed on 2", result.Output);
    }

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void WhoCatchesTheExceptionCannotGoOn(MpiKind kind)
    {
        var result = MpiRun.Start(kind, 2, "go-on");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("The ranks cannot go on after: Ranks disagree: collective 2", result.Output);
        Assert.Matches("rank [01] of 2 failed: Ranks disagree: collective 2", result.Error);
    }
}
