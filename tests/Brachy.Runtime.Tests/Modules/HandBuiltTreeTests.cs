using Brachy.NN;
using Brachy.Tests.Trees;
using Brachy.Trees;

namespace Brachy.Tests.Modules;

/// <summary>Trees built by hand on several levels, with settings, numbered submodules and state that changes below.</summary>
[Trait("Category", "Quick")]
public class HandBuiltTreeTests
{
    private static readonly Tensor s_ones = F.ones([5], DType.Float64);

    [Fact]
    public void ALargeTreeComputesBoundAndCompiled()
    {
        var (tree, config) = Root();
        Assert.Equal(
            ("root", "c", "c", "g"),
            (config["test_override"], config["unique_child"], config["test_override_grandchild"], config["unique_grandchild"]));
        Assert.Equal(["1", "2", "3"], tree.Submodules.Keys);
        var (state, module) = tree.BindModule(config);
        var run = Jit.Compile((StructureTree s, Tensor x) => module.Apply(s, x));
        var (next, first) = run.Invoke(state, s_ones);
        (_, var second) = run.Invoke(next, s_ones);
        Assert.Equal([-1, 7, 19, 37, 121], first.ToArray<double>());
        Assert.Equal([-1, 7, 19, 36, 120], second.ToArray<double>());
        Assert.Equal(1, run.TraceCount);
        Assert.Equal(RandomTrees.Snapshot(tree), RandomTrees.Snapshot(StructureTree.UnbindModule(state, module).Tree));
    }

    [Fact]
    public void AnAlteredTreeComputesSomethingElse()
    {
        var (tree, config) = Root();
        tree.Submodules["3"] = Root().Tree;
        var (state, module) = tree.BindModule(config);
        var run = Jit.Compile((StructureTree s, Tensor x) => module.Apply(s, x));
        var (next, first) = run.Invoke(state, s_ones);
        (_, var second) = run.Invoke(next, s_ones);
        Assert.Equal([-2, 11, 32, 65, 218], first.ToArray<double>());
        Assert.Equal([-2, 11, 32, 63, 216], second.ToArray<double>());
    }

    [Fact]
    public void CallingAViewLeavesItsNodeAsTheCallDid()
    {
        var (tree, config) = Root();
        var before = RandomTrees.Snapshot(tree);
        tree.ApplyFn = ApplyFn.Organized("quiet", (StateOrganizer o, Tensor x) => Sum(o, x));
        var organizer = new StateOrganizer(tree, config);
        Assert.Equal([-1, 7, 19, 37, 121], organizer.Call<Tensor, Tensor>(s_ones).ToArray<double>());
        tree.ApplyFn = Root().Tree.ApplyFn;
        Assert.Equal(before, RandomTrees.Snapshot(tree));

        Assert.Equal([-1, 7, 19, 37, 121], organizer.Call<Tensor, Tensor>(s_ones).ToArray<double>());
        Assert.Same(tree, organizer.GetState());
        Assert.Equal([1, 1, 1, 2, 2], organizer["a"].Tensor.ToArray<double>());
        Assert.Equal(RandomTrees.Snapshot(tree.Filter()), RandomTrees.Snapshot(organizer.GetStateUpdate()));
    }

    [Fact]
    public void ANestedCallAndANestedViewChangeThisTree()
    {
        var inner = new StateOrganizer();
        inner.RegisterParameter("foo", F.arange(5).to(DType.Float64));
        inner.SetApply("mutating", static (StateOrganizer o, Tensor x) =>
        {
            var y = x * o["foo"];
            o["foo"] = o["foo"].Tensor + 2;
            return y;
        });
        var outer = new StateOrganizer();
        outer.RegisterParameter("bar", s_ones);
        outer.RegisterSubmodule("submodule", inner.CreateModule());
        outer.SetApply("outer", static (StateOrganizer o, Tensor x) =>
        {
            var y = o.Submodule("submodule").Call<Tensor, Tensor>(x + o["bar"]);
            return o["submodule.foo"] + y;
        });

        var (state, module) = outer.CreateModule().Tree.BindModule(outer.Config);
        var x = F.zeros([5], DType.Float64);
        (state, var y) = module.Apply(state, x);
        (state, var y2) = module.Apply(state, x);
        Assert.Equal([2, 4, 6, 8, 10], y.ToArray<double>());
        Assert.Equal([6, 8, 10, 12, 14], y2.ToArray<double>());
        Assert.Equal([0, 1, 2, 3, 4], outer["submodule.foo"].Tensor.ToArray<double>());

        outer["submodule.foo"] = x;
        Assert.Same(x, outer.Tree.Submodules["submodule"].Params["foo"].Tensor);
        Assert.Contains("'nothing'", Assert.Throws<KeyNotFoundException>(() => outer["nothing.foo"]).Message, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => outer["submodule.bar"] = x);
        Assert.Throws<KeyNotFoundException>(() => outer.Submodule("submodule.foo"));
    }

    [Fact]
    public void SeveralArgumentsAndReturnValues()
    {
        var (a, b, c, d) = (F.tensor(2.0), F.tensor(3.0), F.tensor(5.0), F.tensor(7.0));
        var organizer = new StateOrganizer();
        organizer.RegisterParameter("k", F.tensor(10.0));
        organizer.SetApply("none", static (StateOrganizer o) => (o["k"].Tensor, o["k"].Tensor * 2));
        Assert.Equal((10, 20), Pair(organizer.Call<ValueTuple, (Tensor, Tensor)>(default)));
        organizer.SetApply("two", static (StateOrganizer o, Tensor x, Tensor y) => (x - y, o["k"] * y));
        Assert.Equal((-1, 30), Pair(organizer.Call<(Tensor, Tensor), (Tensor, Tensor)>((a, b))));
        organizer.SetApply("three", static (StateOrganizer o, Tensor x, Tensor y, Tensor z) => (x - y - z, o["k"] * z));
        Assert.Equal((-6, 50), Pair(organizer.Call<(Tensor, Tensor, Tensor), (Tensor, Tensor)>((a, b, c))));
        organizer.SetApply("four", static (StateOrganizer o, Tensor x, Tensor y, Tensor z, Tensor w) => (x - y - z - w, o["k"] * w));
        Assert.Equal((-13, 70), Pair(organizer.Call<(Tensor, Tensor, Tensor, Tensor), (Tensor, Tensor)>((a, b, c, d))));

        var parent = new StateOrganizer();
        parent.RegisterSubmodule(7, organizer);
        Assert.Equal((-13, 70), Pair(parent.Call<(Tensor, Tensor, Tensor, Tensor), (Tensor, Tensor)>(7, (a, b, c, d))));
        var compiled = Jit.Compile((StructureTree t, GlobalConfig g, Tensor x) =>
            t.Apply<(Tensor, Tensor, Tensor, Tensor), (Tensor, Tensor)>(g, (x, x, x, x)).Output);
        Assert.Equal((-10, 50), Pair(compiled.Invoke(organizer.Tree, organizer.Config, c)));
        Assert.Throws<InvalidOperationException>(() => organizer.Call<Tensor, Tensor>(a));

        static (double, double) Pair((Tensor X, Tensor Y) values) => ((double)values.X, (double)values.Y);
    }

    [Fact]
    public void MembersUnderNamesMadeInLoops()
    {
        var organizer = new StateOrganizer();
        var culture = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            var other = (System.Globalization.CultureInfo)System.Globalization.CultureInfo.InvariantCulture.Clone();
            other.NumberFormat.NegativeSign = "~";
            System.Globalization.CultureInfo.CurrentCulture = other;
            organizer.RegisterParameter(-1, F.tensor(1.0));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = culture;
        }

        for (var i = 0; i < 3; i++)
        {
            organizer.RegisterParameter($"weight_{i}", F.tensor((double)i));
            organizer.RegisterBuffer(i, F.tensor(10.0 * i));
            organizer.RegisterAux(i + 10, i);
            organizer.RegisterSubmodule(i + 20, new Scaler(i));
        }

        Assert.Equal(["-1", "weight_0", "weight_1", "weight_2"], organizer.Tree.Params.Keys);
        Assert.Equal(20, (double)organizer["2"].Tensor);
        Assert.Equal(2, organizer.Aux<int>("12"));
        Assert.Equal((2, 3), ((double)organizer["22.scale"].Tensor, organizer.Submodules().Count));
        Assert.Equal(1, (double)organizer.Submodule(21)["scale"].Tensor);
        foreach (var (key, view) in organizer.Submodules())
        {
            view["scale"] = F.tensor(double.Parse(key, System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal([20.0, 21, 22], organizer.Submodules().Values.Select(v => (double)v["scale"].Tensor));
        Assert.Throws<ArgumentException>(() => organizer.RegisterSubmodule(2, new Scaler(1)));
        Assert.Throws<ArgumentException>(() => organizer.RegisterParameter("a.b", F.tensor(1.0)));
        Assert.Throws<ArgumentException>(() => organizer.RegisterSubmodule("a.b", new Scaler(1)));
        Assert.Throws<ArgumentException>(() => organizer.RegisterBuffer("", F.tensor(1.0)));
        Assert.Equal((4, 3, 3), (organizer.Tree.Params.Count, organizer.Tree.Buffers.Count, organizer.Tree.Submodules.Count));
    }

    [Fact]
    public void WhatCanBeASubmodule()
    {
        var organizer = new StateOrganizer();
        organizer.RegisterSubmodule("module", new Scaler(3));
        organizer.RegisterSubmodule("pair", new Scaler(4).CreateModule());
        organizer.RegisterSubmodule("apply", StructureTree.PassThrough);
        organizer.RegisterSubmodule("function", (Tensor x) => x + 1);
        var x = F.tensor(2.0);
        Assert.Equal([6.0, 8, 2, 3], organizer.Tree.Submodules.Keys.Select(key => (double)organizer.Call<Tensor, Tensor>(key, x)));
        Assert.Equal(true, organizer.GetGlobalConfig("train_mode"));

        organizer.ReplaceSubmodule("pair", new Scaler(5));
        Assert.Equal(10, (double)organizer.Call<Tensor, Tensor>("pair", x));
        Assert.Throws<KeyNotFoundException>(() => organizer.ReplaceSubmodule("pear", new Scaler(5)));
        Assert.Throws<ArgumentException>(() => organizer.RegisterSubmodule("self", organizer));
        var above = new StateOrganizer();
        above.RegisterSubmodule("organizer", organizer);
        Assert.Contains(
            "copy", Assert.Throws<ArgumentException>(() => organizer.RegisterSubmodule("above", above)).Message, StringComparison.Ordinal);
        Assert.True(StructureTree.IsStructureTree(organizer.Tree.Fill(), recurse: true));
    }

    [Fact]
    public void AuxValuesReachAllNodesOrNone()
    {
        var (tree, config) = Root();
        var organizer = new StateOrganizer(tree, config);
        organizer.RecursiveRegisterAux("note", "first");
        organizer.RecursiveRegisterAux("note", "second");
        Assert.All(RandomTrees.Paths(tree), path => Assert.Equal("second", RandomTrees.At(tree, path)!.Aux["note"]));
        Assert.Contains(
            "'1'", Assert.Throws<ArgumentException>(() => organizer.RecursiveRegisterAux("w", "third")).Message, StringComparison.Ordinal);
        Assert.All(RandomTrees.Paths(tree), path => Assert.False(RandomTrees.At(tree, path)!.Aux.ContainsKey("w")));

        organizer.SetAux("note", "root");
        Assert.Equal(("root", "second"), (organizer.Aux<string>("note"), organizer.Submodule(1).Aux<string>("note")));
        Assert.Throws<KeyNotFoundException>(() => organizer.SetAux("not", 1));
    }

    [Fact]
    public void SettingsOfTheParentWin()
    {
        var child = new StateOrganizer();
        child.UpdateGlobalConfig(new GlobalConfig(("mode", "child"), ("extra", 1)));
        var before = new StateOrganizer();
        before.UpdateGlobalConfig("mode", "before");
        before.RegisterSubmodule("child", child);
        Assert.Equal(("before", 1L), (before.GetGlobalConfig("mode"), before.GetGlobalConfig("extra")));
        var after = new StateOrganizer();
        after.RegisterSubmodule("child", child.CreateModule());
        after.UpdateGlobalConfig(new GlobalConfig(("mode", "after")));
        Assert.Equal(("after", 1L), (after.GetGlobalConfig("mode"), after.GetGlobalConfig("extra")));
        after.SetTrainMode(false);
        Assert.Equal(false, after.CreateModule().Config["train_mode"]);
        Assert.Equal(false, after.Submodule("child").GetGlobalConfig("train_mode"));
        Assert.Throws<KeyNotFoundException>(() => after.GetGlobalConfig("none"));
    }

    [Fact]
    public void AnUpdateReachesViewsThatAreThere()
    {
        var (tree, config) = Root();
        var organizer = new StateOrganizer(tree, config);
        var view = organizer.Submodule("2.gc");
        organizer.UpdateTree(new StructureTree
        {
            Buffers = { ["a"] = s_ones },
            Submodules =
            {
                ["2"] = new() { Submodules = { ["gc"] = new() { Params = { ["w"] = s_ones }, Aux = { ["new"] = 1 } } } },
                ["4"] = new() { Params = { ["v"] = s_ones } },
            },
        });
        Assert.Same(s_ones, organizer["a"].Tensor);
        Assert.Same(s_ones, view["w"].Tensor);
        Assert.Equal((1, "grandchild module"), (view.Aux<int>("new"), view.Aux<string>("description")));
        Assert.Same(s_ones, organizer["4.v"].Tensor);

        var before = RandomTrees.Snapshot(tree);
        Assert.Throws<ArgumentException>(() => organizer.UpdateTree(new StructureTree { Params = { ["b"] = s_ones, ["a"] = s_ones } }));
        Assert.Equal(before, RandomTrees.Snapshot(tree));
    }

    [Fact]
    public void ATreeBuiltFromAKeyDoesNotDependOnWhatIsOutside()
    {
        StateOrganizer Build(RngKey key)
        {
            using var rng = Rng.Scope(key);
            var organizer = new StateOrganizer();
            organizer.RegisterParameter("w", Rng.Normal([3]));
            organizer.RegisterSubmodule("linear", new Linear(3, 2));
            return organizer;
        }

        var first = Build(Rng.Seed(5)).Tree.Tensors().Select(t => t.Tensor.ToArray<float>()).ToArray();
        using var outside = Rng.Scope(1);
        Rng.Normal([4]);
        Assert.Equal(first, Build(Rng.Seed(5)).Tree.Tensors().Select(t => t.Tensor.ToArray<float>()));
        Assert.NotEqual(first, Build(Rng.Seed(6)).Tree.Tensors().Select(t => t.Tensor.ToArray<float>()));
    }

    private static (StructureTree Tree, GlobalConfig Config) Grandchild()
    {
        var config = new GlobalConfig(("test_override", "grandchild"), ("test_override_grandchild", "g"), ("unique_grandchild", "g"));
        var organizer = new StateOrganizer(new StructureTree(), config);
        organizer.RegisterParameter("w", F.tensor(new[] { 1.0, 2, 3, 4, 5 }));
        organizer.RegisterBuffer("g", F.tensor(new[] { -1.0, -1, -1, -1, 3 }));
        organizer.RegisterAux("description", "grandchild module");
        return organizer.CreateModule(ApplyFn.Organized("grandchild", static (StateOrganizer o, Tensor x) =>
        {
            Assert.Equal(("root", "c"), (o.GetGlobalConfig("test_override"), o.GetGlobalConfig("unique_child")));
            return x * o["w"] + o["g"];
        }));
    }

    private static (StructureTree Tree, GlobalConfig Config) Child(double p)
    {
        var organizer = new StateOrganizer(new StructureTree(), new GlobalConfig(("test_override", "child"), ("unique_child", "c")));
        organizer.UpdateGlobalConfig(new GlobalConfig(("test_override_grandchild", "c")));
        organizer.RegisterSubmodule("gc", Grandchild());
        organizer.RegisterParameter("w", F.tensor(new[] { p }));
        return organizer.CreateModule(ApplyFn.Organized("child", static (StateOrganizer o, Tensor x) =>
        {
            Assert.Equal(("g", "root"), (o.GetGlobalConfig("unique_grandchild"), o.GetGlobalConfig("test_override")));
            return o.Call<Tensor, Tensor>("gc", x) * o["w"];
        }));
    }

    private static (StructureTree Tree, GlobalConfig Config) Root()
    {
        var organizer = new StateOrganizer();
        organizer.UpdateGlobalConfig("test_override", "root");
        organizer.RegisterBuffer("a", F.tensor(new[] { 1.0, 1, 1, 3, 3 }));
        for (var k = 1; k <= 3; k++)
        {
            organizer.RegisterSubmodule(k, Child(k));
        }

        return organizer.CreateModule(ApplyFn.Organized("root", static (StateOrganizer o, Tensor x) =>
        {
            var y = Sum(o, x);
            o["a"] = F.tensor(new[] { 1.0, 1, 1, 2, 2 });
            return y;
        }));
    }

    private static Tensor Sum(StateOrganizer o, Tensor x)
    {
        Assert.Equal("c", o.GetGlobalConfig("test_override_grandchild"));
        var first = o.Call<Tensor, Tensor>(1, x);
        var second = o.Call<Tensor, Tensor>(2, first);
        return first + second + o.Call<Tensor, Tensor>(3, x) + o["a"];
    }
}
