using Brachy.NN;
using Brachy.Tests.Modules;

namespace Brachy.Tests.Docs.FromPython;

/// <summary>The examples of docs/from-python.md: modules and the state organizer.</summary>
[Trait("Category", "Quick")]
public partial class ModuleExamples
{
    [Fact]
    public void MembersAreReadAndWritten()
    {
        var organizer = Organizer();
        organizer["weight"] = organizer["weight"].Tensor + 1;
        organizer["inner.scale"] = organizer.Submodule("inner")["scale"].Tensor * 2;

        Assert.Equal((3, 6), ((double)organizer.Tree["weight"].Tensor, (double)organizer.Tree["inner.scale"].Tensor));
    }

    [Fact]
    public void MembersAreRegistered()
    {
        var organizer = Organizer();
        organizer.RegisterBuffer("calls", F.tensor(0L));
        organizer.RegisterSubmodule("next", new Scaler(4));

        organizer.RegisterAux("axis", 1);
        Assert.Equal(
            ["weight", "calls", "inner.scale", "inner.calls", "next.scale", "next.calls"], organizer.Tree.Tensors().Select(t => t.Path));
        Assert.Equal(1, organizer.Aux<int>("axis"));
        Assert.Throws<ArgumentException>(() => organizer.RegisterBuffer("weight", F.tensor(0.0)));
    }

    [Fact]
    public void AuxValuesGoToAllNodes()
    {
        var organizer = Organizer();
        organizer.RecursiveRegisterAux("force_high_precision", true);
        var below = organizer.Submodule("inner").Aux<bool>("force_high_precision");

        Assert.True(below);
        Assert.True(organizer.Aux<bool>("force_high_precision"));
    }

    [Fact]
    public void SettingsAreChanged()
    {
        var organizer = Organizer();
        organizer.UpdateGlobalConfig("factor", 3);
        organizer.SetTrainMode(false);

        Assert.Equal(3L, organizer.GetGlobalConfig("factor"));
        Assert.Equal(false, organizer.Config["train_mode"]);
    }

    [Fact]
    public void NodesGetAFunction()
    {
        var organizer = Organizer();
        organizer.SetApply("scaled", (StateOrganizer o, Tensor a) => o.Call<Tensor, Tensor>("inner", a) * o["weight"].Tensor);
        var (tree, config) = organizer.CreateModule();

        Assert.Equal(30, (double)tree.Apply(config, F.tensor(5.0)).Output);
    }

    [Fact]
    public void TheStateOfAView()
    {
        var organizer = Organizer();
        var state = organizer.GetState(); // or organizer.Tree
        var update = organizer.GetStateUpdate();

        Assert.Same(organizer.Tree, state);
        Assert.Equal(["weight", "inner.scale", "inner.calls"], update.Tensors().Select(t => t.Path));
        Assert.Null(update.Submodules["inner"].ApplyFn);
    }

    [Fact]
    public void SubmodulesAreCalled()
    {
        var (organizer, x) = (Organizer(), F.tensor(5.0));
        var y = organizer.Submodule("inner").Call<Tensor, Tensor>(x);
        var calls = organizer.Submodules()["inner"]["calls"].Tensor;

        Assert.Equal((15, 1), ((double)y, (long)calls));
    }

    [Fact]
    public void AViewTakesAnUpdate()
    {
        var organizer = Organizer();
        var updated = organizer.Tree.Update(new StructureTree { Params = { ["weight"] = F.tensor(9.0) } });
        organizer = new StateOrganizer(updated, organizer.Config);

        Assert.Equal(9, (double)organizer["weight"].Tensor);
    }

    [Fact]
    public void ModulesAreClasses()
    {
        var (tree, config) = new Counting(weight: 3);
        var (next, output) = Counting.Apply(tree, config, F.tensor(2.0));

        Assert.Equal((6, 1), ((double)output, (long)next.Buffers["calls"].Tensor));
    }

    [Fact]
    public void InitialisationHasAKey()
    {
        using var rng = Rng.Scope(Rng.Seed(0));
        var (tree, config) = new Linear(2, 3);

        using var again = Rng.Scope(Rng.Seed(0));
        Assert.Equal(tree["weight"].Tensor.ToArray<float>(), new Linear(2, 3).Weight.ToArray<float>());
        Assert.Equal(3, config.Get("nothing", 3));
    }

    /// <summary>A module that multiplies by a weight and counts its calls.</summary>
    [Module]
    public partial class Counting
    {
        [Param] public partial Tensor Weight { get; set; }

        [Buffer] public partial Tensor Calls { get; set; }

        public Counting(double weight) => (Weight, Calls) = (F.full([], weight), F.tensor(0L));

        public Tensor Forward(Tensor x)
        {
            Calls += 1;
            return x * Weight;
        }
    }

    /// <summary>A node built by hand: a weight and a submodule.</summary>
    private static StateOrganizer Organizer()
    {
        var organizer = new StateOrganizer();
        organizer.RegisterParameter("weight", F.tensor(2.0));
        organizer.RegisterSubmodule("inner", new Scaler(3));
        return organizer;
    }
}
