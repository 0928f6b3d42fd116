using Brachy.Modules;
using Brachy.NN;
using Brachy.Tests.Optim;
using Brachy.Transforms;
using Brachy.Trees;

namespace Brachy.Tests.Docs;

/// <summary>The code of docs/trees.md.</summary>
[Trait("Category", "Quick")]
public class TreesDocTests
{
    private static (StructureTree Tree, GlobalConfig Config) Make()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new ToyNet(6, 8, 3);
        return (tree, config);
    }

    [Fact]
    public void Places()
    {
        var (tree, _) = Make();

        Tensor weight = tree["hidden.weight"];
        StructureTree hidden = tree["hidden"];
        tree["hidden.bias"] = F.zeros([8]);

        Assert.Equal([8L, 6L], weight.shape.ToArray());
        Assert.Equal(Linear.ApplyFunction, hidden.ApplyFn);
        Assert.Equal(0, (double)tree["hidden.bias"].Tensor.abs().sum());
    }

    [Fact]
    public void Selections()
    {
        var (tree, _) = Make();

        var biases = tree.Select("**.bias");
        var large = tree.Select(PathFilter.Where((_, tensor) => tensor.numel() > 20));
        var linears = tree.SelectNodes(Linear.ApplyFunction);

        Assert.Equal(["hidden.bias", "output.bias"], biases.Select(found => found.Path));
        Assert.Equal(["hidden.weight", "output.weight"], large.Select(found => found.Path));
        Assert.Equal(["hidden", "output"], linears.Select(found => found.Path));
    }

    [Fact]
    public void ChangedCopies()
    {
        var (tree, config) = Make();
        using var rng = Rng.Scope(1);

        var zeroed = tree.At("**.bias").Update(bias => bias * 0);
        var tall = tree.At("output").SetNode(new Linear(8, 3, bias: false, dtype: DType.Float32).Tree);
        var bare = tree.At("output.bias").Remove();

        Assert.Equal(0, (double)zeroed["output.bias"].Tensor.abs().sum());
        Assert.False(tall.TryGet("output.bias", out var there) && !there.IsNone);
        Assert.False(bare.TryGet("output.bias", out _));
        Assert.NotNull(config);
    }

    [Fact]
    public void PartsAndPieces()
    {
        var (tree, config) = Make();

        var (parameters, buffers, rest) = tree.SplitParams();
        var (biases, others) = tree.Partition("**.bias");
        var whole = StructureTree.Combine(biases, others);
        var mean = StructureTree.MapParamsBuffers((_, a, b) => a.dtype.IsFloatingPoint() ? (a + b) / 2 : a, tree, whole);

        Assert.True(tree.ValueEquals(whole));
        Assert.True(tree.ValueEquals(mean));
        Assert.True(tree.ValueEquals(StructureTree.Merge(parameters, buffers, rest)));
        Assert.NotNull(config);
    }

    [Fact]
    public void GradientsByAPart()
    {
        var (tree, config) = Make();
        var x = F.ones([4, 6]);

        var gradient = Grad.TreeValueAndGrad(
            (StructureTree model) =>
            {
                (model, var y) = ToyNet.Apply(model, config, x);
                return (model, y.square().mean());
            },
            outputNum: 0,
            split: model => model.Partition("**.bias"));
        var ((after, loss), grads) = gradient(tree);

        Assert.Equal(["hidden.bias", "output.bias"], grads.Tensors().Select(t => t.Path));
        Assert.Equal(1, (long)after["calls"].Tensor);
        Assert.True((double)loss > 0);
    }

    [Fact]
    public void LookingAtATree()
    {
        var (tree, config) = Make();
        var other = tree.At("hidden.weight").Update(weight => weight * 2);

        Console.WriteLine(tree);
        Console.WriteLine(StructureTree.Diff(tree, other));
        Console.WriteLine(ModuleSummary.Of(tree, config, F.ones([4, 6])));

        Assert.Equal("hidden.weight", Assert.Single(StructureTree.Diff(tree, other)).Path);
        Assert.Contains("hidden", ModuleSummary.Of(tree, config, F.ones([4, 6])).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TreesByHand()
    {
        using var rng = Rng.Scope(0);

        var stack = new StateOrganizer();
        for (var i = 0; i < 3; i++)
        {
            stack.RegisterSubmodule(i, new Linear(4, 4));
        }

        stack.SetApply("stack", (StateOrganizer self, Tensor x) =>
        {
            for (var i = 0; i < 3; i++)
            {
                x = F.relu(self.Call<Tensor, Tensor>(i, x));
            }

            return x;
        });
        var (tree, config) = stack.CreateModule();

        Assert.Equal([2L, 4L], tree.Apply(config, F.ones([2, 4])).Output.shape.ToArray());
    }

    [Fact]
    public void LiftedTransforms()
    {
        var x = F.tensor(new[] { 1.0, 2.0, 3.0 });
        var scaling = new Scaling("sum", [1, 2]);

        var scaled = (Tensor x, Scaling scaling) => (scaling.Mode == "sum" ? x.sum() : x.mean()) * scaling.Factors.Sum();
        var compiled = Static.Lift(Jit.Transform).Of(scaled);
        var gradient = Static.LiftGradient(Grad.Transform).Of(scaled);

        Assert.Equal(18, (double)compiled(x, scaling));
        Assert.Equal([3.0, 3, 3], gradient(x, scaling).ToArray<double>());
        scaling.Factors.Add(1);
        Assert.Equal(24, (double)compiled(x, scaling));
        Assert.Equal([4.0, 4, 4], gradient(x, scaling).ToArray<double>());

        TensorFunction Doubled(TensorFunction function) => inputs => Array.ConvertAll(function(inputs), y => y * 2);

        var doubled = Static.Lift(Doubled).Of(
            (StructureTree model, Scaling scaling) => (scaled(model["w"].Tensor, scaling), scaling.Factors));

        var (value, factors) = doubled(new StructureTree { Params = { ["w"] = x } }, scaling);
        Assert.Equal(48, (double)value);
        factors.Clear();
        Assert.Equal([1, 2, 1], scaling.Factors);

        var dynamic = Static.Lift(Jit.Transform).OfDynamic(
            (arguments, named) =>
                new object?[] { scaled((Tensor)arguments[0]!, (Scaling)named["scaling"]!), new List<string> { "scaled" } },
            staticReturns: [1]);
        var results = (object?[])dynamic([x], new Dictionary<string, object?> { ["scaling"] = scaling })!;

        Assert.Equal(24, (double)(Tensor)results[0]!);
        Assert.Equal(["scaled"], (List<string>)results[1]!);
    }

    [Static]
    public sealed record Scaling(string Mode, List<double> Factors);
}
