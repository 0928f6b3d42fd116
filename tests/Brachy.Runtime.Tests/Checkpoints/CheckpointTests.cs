using Brachy.CompilerServices;
using Brachy.IO;
using Brachy.Modules;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Shared;
using Brachy.Tests.Trees;
using Brachy.Trees;

namespace Brachy.Tests.Checkpoints;

public enum Flavour
{
    Plain,
    Spicy,
}

/// <summary>A module with static values of many types.</summary>
[Module]
public partial class Seasoned
{
    public partial Linear Layer { get; set; }

    [Static]
    public partial Flavour Flavour { get; set; }

    [Static]
    public partial double[] Weights { get; set; }

    [Static]
    public partial int Count { get; set; }

    [Buffer]
    public partial RngKey Key { get; set; }

    public Seasoned(Flavour flavour)
    {
        Layer = new(3, 2);
        Flavour = flavour;
        Weights = [0.1, double.NaN, double.NegativeInfinity];
        Count = 3;
        Key = Rng.NextKey();
    }

    public Tensor Forward(Tensor x) => Layer.Call(x) * Count;
}

/// <summary>What is saved comes back exactly: structure, values, sharing, static values and their types.</summary>
[Trait("Category", "Quick")]
public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Static values of every kind that is known.</summary>
    internal static object?[] StaticValues =>
    [
        null, true, "text", 'c', (byte)1, (sbyte)-1, (short)-2, (ushort)2, -3, 3u, -4L, 4ul, (Half)0.5, 0.1f, 0.1, -0.0,
        double.PositiveInfinity, 1.5m,
        DType.BFloat16, Flavour.Plain, new Size2d(1, 2), new Size3d(1, 2, 3), Shape.Create([1, 2]),
        new GlobalConfig(("x", 1.0), ("y", new GlobalConfig(("z", "q")))),
        new[] { 1, 2 }, new List<double> { 0.5 }, new Dictionary<string, long> { ["b"] = 1, ["a"] = 2 }, new[] { "x" },
        new object?[] { 1, "a", null, new object?[] { 2.0 } }, new Dictionary<string, object?> { ["k"] = 1, ["n"] = null },
        (PathFilter)"a.**" | !(PathFilter)"*.b", new PathFilter[] { "**" },
        Schedule.CosineWithWarmup(0.1, 10, 100) * Schedule.Step(1, 5), Schedule.OneCycle(0.1, 100), Schedule.CosineRestarts(0.1, 10, 2),
        Schedule.Cyclic(0.1, 0.5, 3, 4, CyclicMode.ExpRange, 0.9), Schedule.Table(1, 2, 0.25),
        new[] { Schedule.Constant(2), Schedule.Linear(0, 1, 5) },
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ATreeComesBackWhole()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Seasoned(Flavour.Spicy);
        config = config.With("train_mode", false).With("rate", 1.0).With("steps", 3).With("names", new object?[] { "a", 2L, null });
        model.Buffers["list"] =
            new TreeValue[] { F.full([2], 1), TreeValue.None, new StructureTree { Params = { ["w"] = F.full([], 2) } } };
        model.Params["named"] = new TreeDictionary<TreeValue> { ["dotted.key"] = F.full([1], 3), ["none"] = TreeValue.None };
        Checkpoint.Save(_folder["m"], ("model", (model, config)));
        var (loaded, loadedConfig) = Checkpoint.Load(_folder["m"]).Tree("model");

        Assert.Equal(config, loadedConfig);
        Assert.True(model.ValueEquals(loaded), StructureTree.Diff(model, loaded).ToString());
        Assert.Equal(3, Assert.IsType<int>(loaded.Aux["count"]));
        Assert.Equal(Flavour.Spicy, Assert.IsType<Flavour>(loaded.Aux["flavour"]));
        Assert.Equal([0.1, double.NaN, double.NegativeInfinity], Assert.IsType<double[]>(loaded.Aux["weights"]));
        Assert.Equal(model.Params.Keys, loaded.Params.Keys);
        Assert.True(loaded.Buffers["list"].List[1].IsNone);

        // The same structure to a compiled function.
        var f = Jit.Compile((StructureTree m, GlobalConfig c, Tensor x) => Seasoned.Apply(m, c, x).Output);
        var input = F.ones([1, 3]);
        Assert.Equal(f.Invoke(model, config, input).ToArray<float>(), f.Invoke(loaded, loadedConfig, input).ToArray<float>());
        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void EntriesOfAllKindsComeBack()
    {
        Checkpoint.Save(
            _folder["e"], ("key", Rng.Seed(5)), ("mask", F.full([2, 2], true, DType.Bool)), ("step", 100), ("rate", 0.5), ("note", "done"),
            ("best", true), ("size", CheckpointEntry.Of((Size2d)(3, 4))), ("config", new GlobalConfig(("a", 1))));
        var checkpoint = Checkpoint.Load(_folder["e"]);

        Assert.Equal(["key", "mask", "step", "rate", "note", "best", "size", "config"], checkpoint.Names);
        Assert.Equal(
            Rng.Normal([3], DType.Float32, Rng.Seed(5)).ToArray<float>(),
            Rng.Normal([3], DType.Float32, checkpoint.Key("key")).ToArray<float>());
        Assert.Equal([true, true, true, true], checkpoint.Tensor("mask").ToArray<bool>());
        Assert.Equal(100, checkpoint.Value<long>("step"));
        Assert.Equal(0.5, checkpoint.Value<double>("rate"));
        Assert.Equal("done", checkpoint.Value<string>("note"));
        Assert.True(checkpoint.Value<bool>("best"));
        Assert.Equal(new Size2d(3, 4), checkpoint.Value<Size2d>("size"));
        Assert.Equal(new GlobalConfig(("a", 1)), checkpoint.Value<GlobalConfig>("config"));
        Assert.Contains("key, mask", Assert.Throws<KeyNotFoundException>(() => checkpoint.Key("absent")).Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => checkpoint.Tree("key"));
        Assert.Throws<CheckpointException>(() => checkpoint.Value<int>("step"));
    }

    [Fact]
    public void ASharedWeightIsStoredOnceAndSharedAgain()
    {
        var (model, config, _) = TiedAutoencoder.Make();
        Checkpoint.Save(_folder["t"], ("model", (model, config)));
        var checkpoint = Checkpoint.Load(_folder["t"]);
        var (loaded, _) = checkpoint.Tree("model");

        Assert.Equal(["model.decoder.bias", "model.encoder.bias", "model.encoder.weight"], checkpoint.Tensors.Keys.Order());
        Assert.Same(loaded["encoder.weight"].Tensor, loaded["decoder.weight"].Tensor);
        var (into, _) = checkpoint.Into("model", model);
        Assert.Same(into["encoder.weight"].Tensor, into["decoder.weight"].Tensor);
        Assert.Equal(model["encoder.weight"].Tensor.ToArray<double>(), into["decoder.weight"].Tensor.ToArray<double>());
    }

    [Fact]
    public void FunctionsAreFoundByNameOrSupplied()
    {
        var doubled = new ApplyFn<Tensor, Tensor>("mine.Doubled", (_, _, x) => x * 2);
        var tree = new StructureTree { ApplyFn = doubled };
        Checkpoint.Save(_folder["f"], ("model", tree));
        var checkpoint = Checkpoint.Load(_folder["f"]);

        Assert.Contains(
            "mine.Doubled", Assert.Throws<CheckpointException>(() => checkpoint.Tree("model")).Message, StringComparison.Ordinal);
        var (loaded, _) = checkpoint.Tree("model", new Dictionary<string, ApplyFn> { ["mine.Doubled"] = doubled });
        Assert.Equal(doubled, loaded.ApplyFn);
        Assert.Equal(Linear.ApplyFunction, ModuleRegistry.Find("Brachy.NN.Linear"));
        Assert.Null(ModuleRegistry.Find("System.Diagnostics.Process"));
    }

    [Fact]
    public void WrappersComeBackInTheirOrder()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Sequential(new Linear(2, 2));
        var wrapped = MixedPrecision.Cast(model.Wrap("0", new CaptureOutput("seen")));
        Checkpoint.Save(_folder["w"], ("model", (wrapped, config)));
        var (loaded, _) = Checkpoint.Load(_folder["w"]).Tree("model");

        Assert.Equal(wrapped.SelectNodes("**").Select(n => n.Node.ApplyFn), loaded.SelectNodes("**").Select(n => n.Node.ApplyFn));
    }

    [Fact]
    public void WhatNoFileCanHoldIsNamedOrLeftOut()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Sequential(new Linear(2, 2), new Lambda(x => x * 2));
        var error = Assert.Throws<ArgumentException>(() => Checkpoint.Save(_folder["l"], ("model", (model, config))));
        Assert.Contains("'function' of 'model.1'", error.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Files());

        Checkpoint.Save(_folder["l"], leaveOut: true, ("model", (model, config)));
        var checkpoint = Checkpoint.Load(_folder["l"]);
        Assert.Contains("left out", Assert.Throws<CheckpointException>(() => checkpoint.Tree("model")).Message, StringComparison.Ordinal);
        var (other, _) = new Sequential(new Linear(2, 2), new Lambda(x => x * 2));
        var (loaded, report) = checkpoint.Into("model", other);
        Assert.True(report.IsComplete);
        Assert.Equal(model["0.weight"].Tensor.ToArray<float>(), loaded["0.weight"].Tensor.ToArray<float>());
        Assert.Equal(other.Submodules["1"].Aux["function"], loaded.Submodules["1"].Aux["function"]);
    }

    [Fact]
    public void StaticValuesOfEveryKindKeepTheirType()
    {
        var values = StaticValues;
        var tree = new StructureTree();
        for (var i = 0; i < values.Length; i++)
        {
            tree.Aux[$"v{i}"] = values[i];
        }

        Checkpoint.Save(_folder["a"], ("values", tree));
        var (loaded, _) = Checkpoint.Load(_folder["a"]).Tree("values");
        for (var i = 0; i < values.Length; i++)
        {
            Assert.Equal(values[i]?.GetType(), loaded.Aux[$"v{i}"]?.GetType());
            Assert.True(
                StaticValue.Matches(StaticValue.Snapshot(values[i]), loaded.Aux[$"v{i}"]),
                $"{StaticText.Of(values[i])} became {StaticText.Of(loaded.Aux[$"v{i}"])}");
        }
    }

    [Fact]
    public void OtherVersionsAndPlainFilesAreNamed()
    {
        SafeTensors.Save(_folder["p"], new StructureTree { Params = { ["w"] = F.ones([2]) } });
        Assert.Contains(
            "Import.FromStateDict", Assert.Throws<CheckpointException>(() => Checkpoint.Load(_folder["p"])).Message,
            StringComparison.Ordinal);
        SafeTensors.Save(_folder["v"], new StructureTree(), [KeyValuePair.Create("brachy", "{\"version\": 2, \"entries\": {}}")]);
        Assert.Contains(
            "version 2", Assert.Throws<CheckpointException>(() => Checkpoint.Load(_folder["v"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATreeThatHoldsItselfIsRefused()
    {
        var tree = new StructureTree();
        tree.Submodules["self"] = tree;
        Assert.Contains(
            "is below itself", Assert.Throws<ArgumentException>(() => Checkpoint.Save(_folder["c"], ("model", tree))).Message,
            StringComparison.Ordinal);
    }
}
