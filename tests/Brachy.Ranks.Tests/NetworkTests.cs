using Brachy.Tests.Shared;
using Xunit.Abstractions;

namespace Brachy.Ranks.Tests;

/// <summary>Ranks on two hosts, over TCP.</summary>
public class NetworkTests(ITestOutputHelper output)
{
    [TwoHostsFact]
    public void EachHostCountsItsOwnRanks()
    {
        using var hosts = new TwoHosts();
        output.WriteLine(hosts.Wire);
        Assert.Equal(
            ["0 of 4, 0 here", "1 of 4, 1 here", "2 of 4, 0 here", "3 of 4, 1 here"], hosts.Run(2, "who").Succeeded().Lines);
    }

    [TwoHostsFact]
    public void CollectivesGoOverTheWire()
    {
        using var hosts = new TwoHosts();
        output.WriteLine(hosts.Wire);
        Assert.Equal(["done 0", "done 1"], hosts.Run(1, "collectives").Succeeded().Lines);
    }

    /// <summary>Over the slow wire training gives what it gives on one machine.</summary>
    [TwoHostsFact]
    public void TrainingGoesOverTheWire()
    {
        using var hosts = new TwoHosts();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["near"]);
        Directory.CreateDirectory(folder["far"]);
        MpiRun.Start(MpiKind.OpenMpi, 2, "train", [folder["near"], "Float32", "4", "sgd"]).Succeeded();
        hosts.Run(1, "train", folder["far"], "Float32", "4", "sgd").Succeeded();
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder["near"], "sgd")), File.ReadAllBytes(Path.Combine(folder["far"], "sgd")));
    }

    [TwoHostsFact]
    public void ARankOfTheOtherHostThatFailsIsNamed()
    {
        using var hosts = new TwoHosts();
        var result = hosts.Run(1, "throw");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("rank 1 of 2 failed: System.InvalidOperationException: this rank has a fault", result.Error);

        result = hosts.Run(1, "kill");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("rank 1", result.Error);

        result = hosts.Run(1, "hang", "1");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("rank 1 has not reached collective 2", result.Error);
    }
}
