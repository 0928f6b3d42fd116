using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Loops of many steps. They run alone: the resident set is that of the whole process.</summary>
[CollectionDefinition(nameof(LongLoopTests), DisableParallelization = true)]
[Collection(nameof(LongLoopTests))]
public class LongLoopTests
{
    [Theory]
    [InlineData("eager")]
    [InlineData("interpreter")]
    [InlineData("torchscript")]
    [InlineData("vector code")]
    public void ALongLoopHoldsItsMemoryFlat(string backend)
    {
        const long Steps = 100_000;
        var x = F.full([256], 1.0, DType.Float64);
        var run = Compiled((Tensor v) => Loop.For(0, Steps, (i, s) => (s * 0.5) + 1, v), backend);
        run(x).Dispose();
        var before = Environment.WorkingSet;
        var y = run(x);
        var grown = Environment.WorkingSet - before;
        AssertClose(F.full([256], 2.0, DType.Float64), y);

        // All steps together would make 200 MB.
        Assert.True(grown < 100 << 20, $"A run grew the process by {grown >> 20} MB.");
    }
}
