using Brachy.NN;
using Brachy.Tests.Ops;

namespace Brachy.Tests.NN;

/// <summary>A module with heads by name.</summary>
[Module]
public partial class ManyHeads
{
    public partial ModuleDict<Module<Tensor, Tensor>> Heads { get; set; }

    [Static]
    public partial string Name { get; set; }

    public ManyHeads(string name)
    {
        Heads = new()
        {
            ["classes"] = new Linear(3, 4),
            ["boxes"] = new Sequential(new Linear(3, 2), new ReLU()),
            ["noise"] = new Dropout(0.5)
        };
        Name = name;
    }

    public Tensor Forward(Tensor x) => Heads[Name].Call(x);
}

public class ModuleDictTests
{
    [Fact]
    public void ElementsAreSubmodulesInTheirOrder()
    {
        using var rng = Rng.Scope(1);
        var model = new ManyHeads("classes");
        Assert.Equal(["classes", "boxes", "noise"], model.Heads.Keys);
        Assert.Equal(["heads.classes.weight", "heads.classes.bias", "heads.boxes.0.weight", "heads.boxes.0.bias"], model.Tree.GetParams()
            .Tensors().Select(t => t.Path));
        var x = Make.Real([2, 3], DType.Float32);
        OpCheck.AssertClose(model.Heads["classes"].Call(x), model.Call(x), 0, "head");
        Assert.Equal([2, 2], ManyHeads.Apply(new ManyHeads("boxes").Tree, model.Config, x).Output.shape);
        var jitted = ManyHeads.JitApply(model.Tree, model.Config, x);
        OpCheck.AssertClose(model.Call(x), jitted.Item2, 1e-6, "compiled");
    }

    [Fact]
    public void ItIsADictionary()
    {
        using var rng = Rng.Scope(1);
        var dict = new ModuleDict<Linear>([KeyValuePair.Create("a", new Linear(2, 2))]);
        dict.Add("b", new Linear(2, 3));
        Assert.Equal(2, dict.Count);
        Assert.True(dict.ContainsKey("b") && !dict.ContainsKey("c"));
        Assert.True(dict.TryGetValue("b", out var found) && found.Weight.shape[0] == 3);
        Assert.False(dict.TryGetValue("c", out _));
        Assert.Equal([2, 3], dict.Values.Select(layer => layer.Weight.shape[0]));
        Assert.Equal(["a", "b"], dict.Select(entry => entry.Key));
        dict["a"] = new Linear(2, 5);
        Assert.Equal(["a", "b"], dict.Keys);
        Assert.Equal(5, dict["a"].Weight.shape[0]);
        dict["a"].Weight = F.zeros([5, 2]);
        Assert.Equal(0, F.sum(dict["a"].Weight).item<float>());
        Assert.True(dict.Remove("a") && !dict.Remove("a"));
        Assert.Contains("b", Assert.Throws<KeyNotFoundException>(() => dict["a"]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => dict.Add("b", new Linear(2, 2)));
        Assert.ThrowsAny<ArgumentException>(() => dict.Add("x.y", new Linear(2, 2)));
        Assert.ThrowsAny<ArgumentException>(() => dict.Add("", new Linear(2, 2)));
        Assert.Throws<ArgumentNullException>(() => dict["c"] = null!);
    }
}
