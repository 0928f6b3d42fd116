using System.Runtime.InteropServices;
using Brachy.Fuzz;

namespace Brachy.Tests.Fuzz;

/// <summary>
/// A few thousand random calls of the public surface, in a process of their own. The long run:
/// <c>dotnet run -c Release --project tests/Brachy.Fuzz</c>.
/// </summary>
public class FuzzTests
{
    private const int CallsPerFunction = 8;

    [Fact]
    public void RandomCallsNeitherAbortNorFailInNativeCode()
    {
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        using var log = new StringWriter();
        var report = new Supervisor(CallsPerFunction, seed: 1, filter: null, log).Run(typeof(Supervisor).Assembly.Location, host);
        Assert.True(report.Failures.Count == 0, log.ToString());
        Assert.Equal(0, report.Aborts);
        Assert.Equal(PublicSurface.Targets.Count * CallsPerFunction, report.Accepted + report.Refused);

        // Otherwise the calls would be nonsense that says nothing of the kernels.
        Assert.InRange(report.Accepted, (report.Accepted + report.Refused) / 3, long.MaxValue);
    }

    [Fact]
    public void AllPublicFunctionsTakePartButGenericOnesAndThoseThatTakeFunctions() =>
        Assert.All(PublicSurface.Uncovered, line => Assert.True(
            line.EndsWith("generic", StringComparison.Ordinal) || line.StartsWith("Chain", StringComparison.Ordinal)
            || line.StartsWith("Lambda", StringComparison.Ordinal),
            $"No random arguments can be made for {line}: teach RandomArguments the type."));
}
