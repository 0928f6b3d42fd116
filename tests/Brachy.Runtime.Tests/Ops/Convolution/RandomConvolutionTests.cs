using Brachy.Native;
using Brachy.Tests.Native;

namespace Brachy.Tests.Ops;

public class RandomConvolutionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TheyAreRightAsLibtorchIsUsedHere(int seed)
    {
        var problems = RandomConvolutions.Run(seed, count: 60);
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    /// <summary>In processes of their own, as the choice is made once.</summary>
    [LinuxX64Fact]
    public void TheyAreRightWithoutOneDNNWhichNothingNamesThen()
    {
        var output = ProbeProcess.Run(
            typeof(RandomConvolutionTests).Assembly.Location, new Dictionary<string, string> { [NativeRuntime.OneDnnVariable] = "0" },
            Probes.Convolutions, "30");
        Assert.StartsWith("oneDNN False False, NNPACK False\nscripts that name oneDNN: 0\ndone\n", output);
    }
}
