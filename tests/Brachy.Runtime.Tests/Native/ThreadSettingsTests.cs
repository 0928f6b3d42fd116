using System.Globalization;
using Brachy.Native;

namespace Brachy.Tests.Native;

/// <summary>How many threads there are, and how long they spin: what is set, and that the user's settings stay.</summary>
public class ThreadSettingsTests
{
    public static TheoryData<string, int, int, string> Settings => new()
    {
        // What the user set, processors for .NET, processors for OpenMP, and what is added.
        { "", 2, 2, "GOMP_SPINCOUNT=4000" },
        { "", 2, 16, "GOMP_SPINCOUNT=4000 OMP_NUM_THREADS=2" },
        { "", 16, 2, "GOMP_SPINCOUNT=4000" },
        { "GOMP_SPINCOUNT=infinity", 2, 16, "OMP_NUM_THREADS=2" },
        { "OMP_WAIT_POLICY=active", 2, 2, "" },
        { "OMP_NUM_THREADS=8", 2, 16, "GOMP_SPINCOUNT=4000" },
        { "MKL_NUM_THREADS=8", 2, 16, "GOMP_SPINCOUNT=4000" },
        { "OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive", 1, 16, "" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void OnlyWhatTheUserLeftOpenIsSet(string given, int processors, int threads, string added)
    {
        var variables = given.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal(added, string.Join(
            ' ', ThreadSettings.Choose(variables.GetValueOrDefault, processors, threads).Select(pair => $"{pair.Name}={pair.Value}")));
    }

    [Fact]
    public void LargeTensorsGetLargePagesUnlessTheUserSaysOtherwise()
    {
        Assert.Contains((LoadEnvironment.LargePagesVariable, "1"), LoadEnvironment.Choose(_ => null, 2, 2));
        Assert.DoesNotContain(
            LoadEnvironment.Choose(name => name == LoadEnvironment.LargePagesVariable ? "0" : null, 2, 2),
            setting => setting.Name == LoadEnvironment.LargePagesVariable);
    }

    [LinuxX64Fact]
    public void LibtorchSeesLargePagesUnlessTheUserSaysOtherwise()
    {
        Assert.Equal("1", Probe(Probes.Threads, [])["pages"]);
        Assert.Equal("0", Probe(Probes.Threads, new() { [LoadEnvironment.LargePagesVariable] = "0" })["pages"]);
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("0-3", 4)]
    [InlineData("\t0-3,8,10-11\n", 7)]
    public void ListsOfProcessorsAreCounted(string list, int count) => Assert.Equal(count, ThreadSettings.CountList(list));

    [LinuxX64Fact]
    public void LibgompSeesAShortSpinUnlessTheUserSaysOtherwise()
    {
        Assert.Equal("4000", Probe(Probes.Threads, [])["spins"]);
        Assert.Equal("4000", Probe(Probes.Threads, new() { ["GOMP_SPINCOUNT"] = "" })["spins"]);
        Assert.Equal("7", Probe(Probes.Threads, new() { ["GOMP_SPINCOUNT"] = "7" })["spins"]);
        Assert.Equal("-", Probe(Probes.Threads, new() { ["OMP_WAIT_POLICY"] = "passive" })["spins"]);
    }

    [LinuxX64Fact]
    public void ThereAreAsManyThreadsAsDotnetMayUseUnlessTheUserSaysOtherwise()
    {
        Assert.Equal("1", Probe(Probes.Threads, new() { ["DOTNET_PROCESSOR_COUNT"] = "1" })["threads"]);

        // MKL counts no more than there are cores.
        var several = Math.Min(Environment.ProcessorCount, 2).ToString(CultureInfo.InvariantCulture);
        Assert.Equal(several, Probe(Probes.Threads, new() { ["DOTNET_PROCESSOR_COUNT"] = "1", ["OMP_NUM_THREADS"] = "2" })["threads"]);
        Assert.Equal("1", Probe(Probes.TorchSharpThreads, new() { ["DOTNET_PROCESSOR_COUNT"] = "1" })["threads"]);
    }

    /// <summary>In a process of its own, because the count of the process belongs to all tests that run at the same time.</summary>
    [LinuxX64Fact]
    public void OneThreadAtATimeIsAMatterOfTheCallingThread()
    {
        var counts = Probe(Probes.SingleThread, []);

        // A thread that asks for the first time takes the count of the process over, and keeps it.
        Assert.Equal(("1", "3", "3", "3"), (counts["inside"], counts["elsewhere"], counts["after"], counts["not wanted"]));

        // A deep stack follows its caller, and leaves the process alone.
        Assert.Equal(("1", "3"), (counts["deep inside"], counts["elsewhere after"]));
    }

    private static Dictionary<string, string> Probe(string probe, Dictionary<string, string> environment)
    {
        var output = ProbeProcess.Run(typeof(ThreadSettingsTests).Assembly.Location, environment, probe);
        return output.Split('\n').Where(line => line.Contains('=')).Select(line => line.Split('=', 2)).GroupBy(pair => pair[0])
            .ToDictionary(group => group.Key, group => group.First()[1]);
    }
}
