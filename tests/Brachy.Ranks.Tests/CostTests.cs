using Brachy.Tests.Shared;

namespace Brachy.Ranks.Tests;

/// <summary>Ranks compile by the costs of rank 0, whatever the caches of their machines have.</summary>
public class CostTests
{
    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void AllRanksUseThoseOfTheFirst(MpiKind kind) => Assert.Equal(["0: 100", "1: 100", "2: 100"], Run(kind, "measured", "012"));

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void OneThatTheFirstWasGivenComesBeforeItsCache(MpiKind kind) =>
        Assert.Equal(["0: 107", "1: 107", "2: 107"], Run(kind, "measured", "012", "use"));

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void FixedOnesAreFixedForAll(MpiKind kind) =>
        Assert.Equal(["0: 256", "1: 256", "2: 256"], Run(kind, "fixed", "012"));

    /// <summary>Measuring takes a while; on a busy machine all use the fixed ones.</summary>
    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void TheFirstMeasuresForAll(MpiKind kind)
    {
        var lines = Run(kind, "measured", "12");
        Assert.Single(lines.Select(line => line[3..]).Distinct());
        Assert.DoesNotContain("101", lines[0], StringComparison.Ordinal);
    }

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void WhereTheFirstCannotChooseAllAreTold(MpiKind kind) => Assert.Equal(
        ["0: InvalidOperationException", "1: RankException", "2: RankException"],
        MpiRun.Start(kind, 3, "costs-fail").Succeeded().Lines);

    /// <summary>With more padding than kernels reach, vector code has no gradients: all goes back, with the passes for libtorch.</summary>
    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void CostsDecideAboutTrainedConvolutionsOfRanks(MpiKind kind)
    {
        foreach (var (padding, backend) in new[] { ("1", "vector code"), ("3", "torchscript, channels last") })
        {
            Assert.Equal([$"0: {backend}", $"1: {backend}"], MpiRun.Start(kind, 2, "convolutions", [padding]).Succeeded().Lines);
        }
    }

    private static IReadOnlyList<string> Run(MpiKind kind, string costs, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        return MpiRun.Start(kind, 3, "costs", [folder[""], .. arguments], new() { ["BRACHY_MACHINE_COSTS"] = costs }).Succeeded().Lines;
    }
}
