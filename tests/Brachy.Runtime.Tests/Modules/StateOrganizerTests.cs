using Brachy.Trees;

namespace Brachy.Tests.Modules;

/// <summary>Trees built and read by hand.</summary>
public class StateOrganizerTests
{
    [Fact]
    public void ATreeBuiltByHandComputes()
    {
        var (tree, config) = Network();
        Assert.Equal(["weight", "calls", "inner.scale"], tree.Tensors().Select(t => t.Path));
        Assert.Equal(7L, config["seed"]);

        var (after, y) = tree.Apply(config, F.ones([2]));
        Assert.Equal(2 * 3 * 10, (double)y[0]);
        Assert.Equal((0, 1), ((long)tree.Buffers["calls"].Tensor, (long)after.Buffers["calls"].Tensor));

        var jitted = Jit.Compile((StructureTree t, GlobalConfig c, Tensor x) => t.Apply(c, x).Output);
        Assert.Equal(60, (double)jitted.Invoke(after, config, F.ones([2]))[0]);
        Assert.Equal(60, (double)jitted.Invoke(Network().Tree, config, F.ones([2]))[0]);
        Assert.Equal(1, jitted.TraceCount);
    }

    [Fact]
    public void ValuesChangeThroughANestedView()
    {
        var organizer = Network();
        organizer.Submodule("inner")["scale"] = F.full([], 100.0);
        organizer["calls"] = F.full([], 5L);
        Assert.Equal(100, (double)organizer.Tree.Submodules["inner"].Params["scale"].Tensor);
        Assert.Equal(5, (long)organizer.Tree.Buffers["calls"].Tensor);
    }

    [Fact]
    public void NamesAreTakenOnceAndMissingOnesAreNamed()
    {
        var organizer = Network();
        Assert.Contains(
            "'weight'", Assert.Throws<ArgumentException>(() => organizer.RegisterBuffer("weight", F.zeros([]))).Message,
            StringComparison.Ordinal);
        Assert.Contains("'bias'", Assert.Throws<KeyNotFoundException>(() => organizer["bias"]).Message, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => organizer["bias"] = F.zeros([]));
        Assert.Throws<KeyNotFoundException>(() => organizer.Submodule("outer"));
        Assert.Throws<InvalidCastException>(() => organizer.Aux<string>("power"));
    }

    [Fact]
    public void WhatIsNotAValueIsSaid()
    {
        var organizer = Network();
        organizer.RegisterParameter("list", new TreeValue[] { F.zeros([]), F.ones([]) });
        Assert.Equal(1, (double)organizer["list.1"].Tensor);
        organizer["list.0"] = F.full([], 5.0);
        Assert.Equal(5, (double)organizer.Tree["list.0"].Tensor);
        Assert.Contains(
            "Submodule(\"inner\")", Assert.Throws<KeyNotFoundException>(() => organizer["inner"]).Message, StringComparison.Ordinal);
        Assert.Contains(
            "Submodule(\"inner\")", Assert.Throws<KeyNotFoundException>(() => organizer["inner"] = F.zeros([])).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "'iner'; it has {inner}", Assert.Throws<KeyNotFoundException>(() => organizer["iner.scale"]).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'list.2'", Assert.Throws<KeyNotFoundException>(() => organizer["list.2"] = F.zeros([])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FunctionsTakeSeveralArguments()
    {
        var organizer = Network();
        organizer.SetApply(
            "five", (StateOrganizer o, Tensor a, Tensor b, Tensor c, Tensor d, Tensor e) => o["weight"].Tensor * (a + b + c + d + e));
        var x = F.ones([2]);
        Assert.Equal(10, (double)organizer.Call<(Tensor, Tensor, Tensor, Tensor, Tensor), Tensor>((x, x, x, x, x))[0]);
    }

    private static StateOrganizer Network()
    {
        var inner = new StateOrganizer();
        inner.RegisterParameter("scale", F.full([], 10.0));
        inner.SetApply("scale", (StateOrganizer o, Tensor x) => x * o["scale"].Tensor);
        inner.UpdateGlobalConfig("seed", 7);

        var organizer = new StateOrganizer();
        organizer.RegisterParameter("weight", F.full([2], 2.0));
        organizer.RegisterBuffer("calls", F.zeros([], DType.Int64));
        organizer.RegisterAux("power", 3);
        organizer.RegisterSubmodule("inner", inner);
        organizer.SetApply("network", static (StateOrganizer o, Tensor x) =>
        {
            o["calls"] = o["calls"].Tensor + 1;
            return o.Call<Tensor, Tensor>("inner", x * o["weight"].Tensor * o.Aux<int>("power"));
        });
        return organizer;
    }
}
