using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Brachy.Ranks.Tests;

/// <summary>SIGTERM, at the launcher or at one rank, ends all ranks, and leaves no process behind.</summary>
public partial class SignalTests
{
    private const int Sigterm = 15;

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void TheLauncherEndsAllRanks(MpiKind kind)
    {
        var (result, processes) = End(kind, (launcher, _) => launcher);
        Assert.NotEqual(0, result.ExitCode);
        Assert.All(processes, AssertIsGone);
    }

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void OneRankEndsAllRanks(MpiKind kind)
    {
        var (result, processes) = End(kind, (_, ranks) => ranks[1]);
        Assert.NotEqual(0, result.ExitCode);
        if (kind == MpiKind.OpenMpi)
        {
            Assert.Contains("rank 1", result.Error);
        }
        else
        {
            Assert.Contains($"rank 1 is process {processes[1]}", result.Error);
            Assert.Matches(@"PID \d+ RUNNING AT|rank 1 of 2 failed", result.Output + result.Error);
        }

        Assert.All(processes, AssertIsGone);
    }

    private static (MpiResult Result, int[] Processes) End(MpiKind kind, Func<int, int[], int> whom)
    {
        using var ranks = MpiRun.Begin(kind, 2, "wait");
        ranks.WaitFor(output => Ranks().Count(output) == 2);
        int[] processes = [.. Ranks().Matches(ranks.Output).OrderBy(rank => rank.Groups[1].Value, StringComparer.Ordinal)
            .Select(rank => int.Parse(rank.Groups[2].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(0, Kill(whom(ranks.ProcessId, processes), Sigterm));
        return (ranks.Wait(MpiRun.Limit), processes);
    }

    private static void AssertIsGone(int process) =>
        Assert.True(SpinWait.SpinUntil(() => !IsThere(process), TimeSpan.FromSeconds(20)), $"process {process} is still there");

    private static bool IsThere(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"rank (\d) is (\d+)\n")]
    private static partial Regex Ranks();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
