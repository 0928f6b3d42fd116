using Brachy.Modules;
using Brachy.NN;
using Brachy.Trees;

namespace Brachy.Tests.Modules;

[Trait("Category", "Quick")]
public class HookTests
{
    private static readonly Tensor s_x = F.full([2, 3], 0.5);

    private readonly StructureTree _model;
    private readonly GlobalConfig _config;

    public HookTests()
    {
        using var rng = Rng.Scope(0);
        (_model, _config) = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AHookAfterANodeChangesItsOutputAndTheGradient(bool compiled)
    {
        var hooked = _model.Wrap("2", Hook.After((Tensor y) => y * 3), "tripled");
        Assert.Equal("Brachy.NN.Linear[tripled]", hooked.Submodules["2"].ApplyFn!.Name);
        Assert.Equal(Values(Run(_model, false) * 3), Values(Run(hooked, compiled)));

        StructureTree Gradient(StructureTree tree) =>
            Grad.TreeValueAndGrad(m => Sequential.Apply(m, _config, s_x).Output.sum())(tree).Grads;
        var (plain, tripled) = (
            Gradient(_model), compiled ? Jit.Compile((StructureTree t) => Gradient(t)).Invoke(hooked) : Gradient(hooked));
        foreach (var ((path, expected), (_, actual)) in plain.Tensors().Zip(tripled.Tensors()))
        {
            Assert.True((bool)F.allclose(expected * 3, actual), path);
        }
    }

    [Fact]
    public void AHookBeforeANodeChangesItsInput()
    {
        var hooked = _model.Wrap("0", Hook.Before((Tensor x) => x + 1));
        Assert.Equal(Values(Sequential.Apply(_model, _config, s_x + 1).Output), Values(Run(hooked, compiled: true)));
    }

    [Fact]
    public void WithoutItsHooksATreeRunsTheCodeItHadBefore()
    {
        var f = Jit.Compile((StructureTree t, Tensor x) => Sequential.Apply(t, _config, x).Output);
        var (dampen, shift) = (Hook.After((Tensor y) => y * 0.5), Hook.After((Tensor y) => y + 1));
        f.Invoke(_model, s_x);
        var both = _model.Wrap("*", dampen).Wrap("0", shift);
        f.Invoke(both, s_x);
        f.Invoke(both, s_x);
        Assert.Equal(2, f.TraceCount);
        f.Invoke(both.Unwrap("**"), s_x);
        f.Invoke(both.Unwrap("*", hook => hook.Equals(dampen)).Unwrap("**", hook => hook.Equals(shift)), s_x);
        Assert.Equal(2, f.TraceCount);

        f.Invoke(_model.Wrap("0", shift), s_x);
        f.Invoke(both.Unwrap("**", hook => hook.Equals(dampen)), s_x);
        Assert.Equal(3, f.TraceCount);
    }

    [Fact]
    public void HooksAndHalfPrecisionComeOffEachOnItsOwn()
    {
        var hook = Hook.After((Tensor y) => y * 2);
        var cast = MixedPrecision.Cast(_model.Wrap("2", hook));
        Assert.Equal(Values(Run(_model.Wrap("2", hook), false)), Values(Run(MixedPrecision.Restore(cast), false)));
        Assert.Equal(Values(Run(MixedPrecision.Cast(_model), false)), Values(Run(cast.Unwrap("2", w => w.Equals(hook)), false)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CapturedOutputsComeBackInTheTree(bool compiled)
    {
        var watched = _model.Wrap((PathFilter)"0" | "1", new CaptureOutput("seen"));
        var (after, _) = compiled ? Sequential.JitApply(watched, _config, s_x) : Sequential.Apply(watched, _config, s_x);
        var hidden = Linear.Bind(_model.Submodules["0"], _config).Call(s_x);

        Assert.Equal(Values(hidden), Values(after.Submodules["0"].Buffers["seen"].Tensor));
        Assert.Equal(Values(F.relu(hidden)), Values(after.Submodules["1"].Buffers["seen"].Tensor));
        Assert.Empty(after.Submodules["2"].Buffers);
        Assert.Empty(watched.Submodules["0"].Buffers);
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        Assert.Contains(
            "'0', '1', '2'", Assert.Throws<ArgumentException>(() => _model.Wrap("3", new CaptureOutput())).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _model.Wrap(PathFilter.Where((_, _) => true), new CaptureOutput()));
        Assert.Throws<ArgumentNullException>(() => _model.Wrap("0", null!));
        Assert.Throws<ArgumentNullException>(() => Hook.After<Tensor>(null!));
        foreach (var hook in new[] { Hook.After((StructureTree t) => t), Hook.Before((StructureTree t) => t) })
        {
            Assert.Contains("Linear", Assert.Throws<ArgumentException>(() => _model.Wrap("0", hook)).Message, StringComparison.Ordinal);
        }

        var error = Assert.Throws<InvalidOperationException>(() => _model.Wrap("0", new CaptureOutput("weight")));
        Assert.Contains("'weight'", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidOperationException>(() => Run(_model.Wrap("0", Hook.After((Tensor y) => (Tensor)null!)), false));
        Assert.Contains("gave null", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACaptureLeavesTheBuffersOfANodeAlone()
    {
        var (tree, config) = new Sequential(new BatchNorm(3), new ReLU());
        var message = Assert.Throws<InvalidOperationException>(() => tree.Wrap("**", new CaptureOutput("running_mean"))).Message;
        Assert.Contains("'running_mean'", message, StringComparison.Ordinal);

        // A tree that came back with what was captured is run, wrapped and captured again.
        var watched = tree.Wrap("0", new CaptureOutput());
        var (after, y) = watched.Apply(config, s_x);
        (after, _) = after.Wrap("0", Hook.After((Tensor z) => z)).Wrap("0", new CaptureOutput()).Apply(config, y);
        Assert.NotNull(after["0.output"].Tensor);
        Assert.Throws<InvalidOperationException>(() => after.Unwrap("**").Wrap("0", new CaptureOutput()));
        Assert.NotNull(after.Unwrap("**").At("**.output").Remove().Wrap("0", new CaptureOutput()));
    }

    [Fact]
    public void NodesOfAnotherSignatureArePassedOver()
    {
        using var rng = Rng.Scope(0);
        var model = new Pair(new Scaler(3)).Tree;
        var hooked = model.Wrap("**", Hook.After((Tensor y) => y * 2));
        Assert.Equal(["first", "second"], hooked.Nodes().Where(n => n.Node.ApplyFn!.Wrapper is not null).Select(n => n.Path));
        Assert.Equal(["first", "second"], model.Wrap("**", new CaptureOutput()).Nodes().Where(n => n.Node.ApplyFn!.Wrapper is not null)
            .Select(n => n.Path));
        var any = model.Wrap("**", Hook.After((object y) => y)).ApplyFn!;
        Assert.Equal((typeof((Tensor, Tensor)), typeof((Tensor, Tensor))), (any.InputType, any.OutputType));
        Assert.NotNull(any.Wrapper);
    }

    private Tensor Run(StructureTree tree, bool compiled) =>
        compiled ? Sequential.JitApply(tree, _config, s_x).Output : Sequential.Apply(tree, _config, s_x).Output;

    private static float[] Values(Tensor x) => x.ToArray<float>();
}
