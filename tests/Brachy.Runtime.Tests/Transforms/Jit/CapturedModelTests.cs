using Brachy.Modules;
using Brachy.NN;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms;

/// <summary>Models that a traced function captures, instead of taking them as arguments: no trace leaves anything in them.</summary>
[Trait("Category", "Quick")]
public class CapturedModelTests
{
    private static readonly Dictionary<string, (string Name, Func<Module> Make)> s_models = new()
    {
        ["dropout"] = ("key", () => new Dropout(0.5)),
        ["dropout in a sequence"] = ("key", () => new Sequential(new Linear(4, 4), new Dropout(0.5))),
        ["batch norm"] = ("running_mean", () => new BatchNorm1d(4)),
        ["a recurrent layer"] = ("key", () => new Sequential(new Recurrent())),
    };

    public static TheoryData<string> Names => [.. s_models.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void WhatWouldBeLeftIsRefusedAndTheModelIsAsBefore(string name)
    {
        using var rng = Rng.Scope(3);
        var (member, make) = s_models[name];
        var model = make();
        var (tree, config) = (model.Tree, model.Config);
        var layer = Module<Tensor, Tensor>.Bind(tree, config);
        var x = Rng.Normal([3, 4]);
        var before = Buffers(tree);
        foreach (var compiled in new[]
        {
            Jit.Compile((Tensor v) => layer.Call(v)).Invoke,
            Jit.Compile((Tensor v) => Grad.Of((Tensor u) => layer.Call(u).sum())(v)).Invoke,
        })
        {
            for (var call = 0; call < 2; call++)
            {
                var error = Assert.Throws<LeakedTensorException>(() => compiled(x));
                Assert.StartsWith($"'{member}' of a module was set while ", error.Message, StringComparison.Ordinal);
                Assert.Contains("Pass the model as an argument", error.Message, StringComparison.Ordinal);
                Assert.Equal(before, Buffers(tree));
            }
        }

        // It is usable: eagerly, as an argument, by Apply, and captured where nothing is set.
        var (next, _) = tree.Apply(config, x);
        Assert.NotEqual(before, Buffers(next));
        var (passed, _) = Jit.Compile((StructureTree t, Tensor v) => t.Apply(config, v)).Invoke(tree, x);
        Assert.Equal(Buffers(next), Buffers(passed));
        Jit.Compile((Tensor v) => tree.Apply(config, v).Output).Invoke(x);
        var evaluated = Module<Tensor, Tensor>.Bind(tree, config.With("train_mode", false));
        Jit.Compile((Tensor v) => evaluated.Call(v)).Invoke(x);
        Assert.Equal(before, Buffers(tree));
        layer.Call(x);
        Assert.NotEqual(before, Buffers(tree));
    }

    [Fact]
    public void AStepOrABranchLeavesNothingInAModelFromOutside()
    {
        using var rng = Rng.Scope(3);
        var dropout = new Dropout(0.5);
        var (tree, config) = (dropout.Tree, dropout.Config);
        var x = Rng.Normal([3, 4]);
        Tensor Call(StructureTree model, Tensor v) => Dropout.Bind(model, config).Call(v);
        foreach (var run in new Func<StructureTree, Tensor, Tensor>[]
        {
            (model, v) => Loop.For(0, 3, (i, s) => Call(model, s), v),
            (model, v) => Loop.Scan((Tensor s, Tensor row) => (s + Call(model, row), s), v[0], v).State,
            (model, v) => Loop.While(s => s.sum() < 3, s => Call(model, s), v),
            (model, v) => Loop.While(s => Call(model, s).sum() < 3, s => s + 1, v),
            (model, v) => Loop.Cond(v.sum() > 0, s => Call(model, s), s => s, v),
            (model, v) => Loop.Switch(F.tensor(0L), [s => s, s => Call(model, s)], v),
        })
        {
            var error = Assert.Throws<LeakedTensorException>(() => Jit.Compile(run).Invoke(tree, x));
            Assert.StartsWith("'key' of a module was set in the ", error.Message.Replace("whenTrue", "the ", StringComparison.Ordinal)
                .Replace("branches[1]", "the ", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Contains("a part of the state or the operand, and return it", error.Message, StringComparison.Ordinal);
        }

        // In the state it draws a mask in each step, the same ones eagerly.
        static (Tensor, StructureTree) Repeated(StructureTree model, GlobalConfig config, Tensor v) => Loop.For(
            0, 3, (i, s) => Dropout.Apply(s.Model, config, s.X) is var (next, y) ? (y + 1, next) : s, (X: v, Model: model));
        var (expected, after) = Repeated(tree, config, x);
        var (found, compiledAfter) = Jit.Compile((StructureTree model, Tensor v) => Repeated(model, config, v)).Invoke(tree, x);
        Assert.Equal(expected.ToArray<float>(), found.ToArray<float>());
        Assert.Equal(Buffers(after), Buffers(compiledAfter));
    }

    /// <summary>An eager loop may call the model that it captures, and one without steps does not.</summary>
    [Fact]
    public void AnEagerLoopWithoutStepsLeavesNothing()
    {
        using var rng = Rng.Scope(3);
        var dropout = new Dropout(0.5);
        var before = Buffers(dropout.Tree);
        var x = F.ones([2]);
        Loop.Scan((Tensor s, Tensor row) => (dropout.Call(s), row), x, F.ones([0, 2]));
        Assert.Equal(before, Buffers(dropout.Tree));
        Loop.Scan((Tensor s, Tensor row) => (dropout.Call(s), row), x, F.ones([1, 2]));
        Assert.NotEqual(before, Buffers(dropout.Tree));
    }

    [Fact]
    public void AFunctionThatThrowsLeavesNothing()
    {
        using var rng = Rng.Scope(3);
        var dropout = new Dropout(0.5);
        var before = Buffers(dropout.Tree);
        var run = Jit.Compile((Tensor x) => Loop.For(
            0, 3, (i, s) => throw new InvalidDataException("mine " + Dropout.Bind(dropout.Tree, dropout.Config).Call(s).ndim), x));
        Assert.Equal("mine 1", Assert.Throws<InvalidDataException>((Action)(() => run.Invoke(F.ones([2])))).Message);
        Assert.Equal(before, Buffers(dropout.Tree));
        dropout.Call(F.ones([2]));
    }

    /// <summary>Mixed precision casts params in place while a node runs, and takes them back.</summary>
    [Fact]
    public void WhatIsTakenBackIsNoLeak()
    {
        using var rng = Rng.Scope(3);
        var linear = new Linear(4, 4);
        var cast = MixedPrecision.Cast(linear.Tree, DType.BFloat16);
        var x = Rng.Normal([3, 4]);
        var y = Jit.Compile((Tensor v) => Linear.Bind(cast, linear.Config).Call(v)).Invoke(x);
        Assert.NotEqual(linear.Call(x).ToArray<float>(), y.ToArray<float>());
        Assert.Equal(DType.Float32, cast.Params["weight"].Tensor.dtype);
    }

    private static Dictionary<string, string> Buffers(StructureTree tree) =>
        tree.Nodes().SelectMany(node => node.Node.Buffers.Where(b => b.Value.IsTensor).Select(b => (Path: $"{node.Path}.{b.Key}", b.Value)))
            .ToDictionary(b => b.Path, b => b.Value.Tensor.ToString());
}

/// <summary>Two recurrent layers with dropout between them, as a function of one tensor.</summary>
[Module]
public partial class Recurrent
{
    /// <summary>The layers.</summary>
    public partial Lstm Inner { get; set; }

    /// <summary>A module.</summary>
    public Recurrent() => Inner = new(4, 4, 2, dropout: 0.5);

    /// <summary>The output for [L, 4].</summary>
    public Tensor Forward(Tensor x) => Inner.Call(x, null, null, null).Output;
}
