using System.Runtime.InteropServices;
using Brachy.Fuzz;

namespace Brachy.Tests.Fuzz;

/// <summary>
/// Random programs of thousands of dependent ops on small stacks, in a process of their own. The long run:
/// <c>dotnet run -c Release --project tests/Brachy.Fuzz -- --chains 200</c>.
/// </summary>
public class ChainTests
{
    private const int Programs = 20;
    private const int Steps = 2500;

    [Fact]
    public void LongProgramsEndWithTheValuesOfEagerCode()
    {
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        var problems = ChainSupervisor.Run(Programs, Steps, seed: 1, typeof(Supervisor).Assembly.Location, host);
        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
    }
}
