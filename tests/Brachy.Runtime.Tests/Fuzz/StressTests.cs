using System.Runtime.InteropServices;
using Brachy.Fuzz;

namespace Brachy.Tests.Fuzz;

/// <summary>
/// Threads that read, compute with, give away and free the same tensors, in a process of their own. The long run:
/// <c>dotnet run -c Release --project tests/Brachy.Fuzz -- --stress --seconds 60</c>.
/// </summary>
public class StressTests
{
    private const int Actions = 1500;
    private const int CallsPerFunction = 2;

    private static string Host => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    [Fact]
    public void MemoryLivesUntilTheCallsThatUseItEnd()
    {
        // Far more seconds than it takes: what counts is that every thread has done as much.
        var report = StressSupervisor.Run(seconds: 600, Actions, seed: 1, typeof(Supervisor).Assembly.Location, Host);
        Assert.True(report.Problems.Count == 0, string.Join(Environment.NewLine, report.Problems));
        Assert.Empty(report.Missing);
    }

    [Fact]
    public void CallsWhoseTensorsAreFreedAndGivenAwayMeanwhileEndWithAResultOrARefusal()
    {
        using var log = new StringWriter();
        var report = new Supervisor(
            CallsPerFunction, seed: 3, filter: null, log, threads: 2).Run(typeof(Supervisor).Assembly.Location, Host);
        Assert.True(report.Failures.Count == 0, log.ToString());
        Assert.Equal(0, report.Aborts);
    }
}
