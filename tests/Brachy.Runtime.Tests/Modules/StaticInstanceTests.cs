namespace Brachy.Tests.Modules;

/// <summary>A module class with an instance of itself, which is made before the members that generated code declares.</summary>
[Module]
public partial class Preset
{
    /// <summary>Made by the initialisers of the class.</summary>
    public static readonly Preset Instance = new();

    /// <summary>A factor.</summary>
    [Param]
    public partial Tensor Factor { get; set; }

    /// <summary>Doubles.</summary>
    public Preset() => Factor = 2.0;

    /// <summary>The product.</summary>
    public Tensor Forward(Tensor x, Tensor? shift = null) => shift is null ? x * Factor : (x * Factor) + shift;
}

[Tree]
public partial record PresetPair(Tensor First, Tensor? Second)
{
    public static readonly CompilerServices.TreeHandler<PresetPair> Handler = TreeHandler;
}

public class StaticInstanceTests
{
    [Fact]
    public void AStaticInstanceOfAModuleComputes()
    {
        Assert.Equal(6.0, (double)Preset.Instance.Call(3.0));
        var (tree, config) = Preset.Instance;
        Assert.Equal(7.0, (double)Preset.JitApply(tree, config, 3.0, 1.0).Output);
    }

    [Fact]
    public void AStaticHandlerOfATreeIsThere() => Assert.NotNull(PresetPair.Handler);

    [Fact]
    public void ARetraceNamesTheArgumentOfForward()
    {
        var (tree, config) = new Preset();
        var before = Preset.JitApplyFunction.TraceCount;
        _ = Preset.JitApply(tree, config, F.ones([2]));
        _ = Preset.JitApply(tree, config, F.ones([2]), F.ones([2]));
        Assert.Equal(before + 2, Preset.JitApplyFunction.TraceCount);
        Assert.Contains("shift", Preset.JitApplyFunction.Explain(), StringComparison.Ordinal);
    }
}
