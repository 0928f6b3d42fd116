using Brachy.Compilation;

namespace Brachy.Tests.Transforms;

/// <summary>A pair of tensors and a name.</summary>
[Tree]
public partial record Weights(Tensor W, Tensor B, string Name);

/// <summary>Gradients of functions: values, nesting, structure, errors, memory.</summary>
[Trait("Category", "Quick")]
public class GradTests
{
    private static readonly Tensor s_x = F.tensor(new[] { 0.5, 1.5, -2.0 });

    [Fact]
    public void ValueAndGradOfATensorFunction()
    {
        var (value, grad) = Grad.ValueAndGrad((Tensor x) => (x * x * x).sum())(s_x);
        Assert.Equal(0.125 + 3.375 - 8, (double)value, 10);
        Assert.Equal([0.75, 6.75, 12], grad.ToArray<double>());
    }

    [Fact]
    public void NestedToThirdOrderEagerlyAndCompiled()
    {
        var third = Grad.Of((Tensor a) => Grad.Of((Tensor b) => Grad.Of((Tensor c) => F.sin(c).sum())(b).sum())(a).sum());
        var expected = s_x.ToArray<double>().Select(v => -Math.Cos(v)).ToArray();
        Assert.Equal(expected, third(s_x).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(expected, Jit.Compile(third).Invoke(s_x).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void InnerAndOuterVariablesAreNotConfused()
    {
        // d/dx [x · d/dy (x + y)] = 1, not 2 (the classic perturbation confusion).
        var f = Grad.Of((Tensor x) => x * Grad.Of((Tensor y) => x + y)(x));
        Assert.Equal(1, (double)f(F.tensor(3.0)));
        Assert.Equal(1, (double)Jit.Compile(f).Invoke(F.tensor(3.0)));
    }

    [Fact]
    public void TreeValuesGetGradientsOfTheirStructure()
    {
        var weights = new Weights(F.tensor(new[] { 2.0 }), F.tensor(new[] { 3L }), "w");
        var (value, grad) = Grad.ValueAndGrad((Weights w) => (w.W * w.W * w.B).sum())(weights);
        Assert.Equal(12, (double)value);
        Assert.Equal(12, (double)grad.W);
        Assert.Equal((DType.Int64, 0L), (grad.B.dtype, (long)grad.B));
        Assert.Equal("w", grad.Name);
    }

    [Fact]
    public void AuxiliaryResultsComeAlong()
    {
        var (result, grad) = Grad.ValueAndGrad((Tensor x) => (Loss: (x * x).sum(), Doubled: x * 2), r => r.Loss)(s_x);
        Assert.Equal([1, 3, -4], result.Doubled.ToArray<double>());
        Assert.Equal([1, 3, -4], grad.ToArray<double>());
    }

    [Fact]
    public void EagerGradientsSeeValuesAndFollowDataDependentControlFlow()
    {
        var f = Grad.Of((Tensor x) => (double)x.sum() > 0 ? (x * x).sum() : (x * 3).sum());
        Assert.Equal([3, 3, 3], f(s_x - 1).ToArray<double>());
        Assert.Equal([3, 5, -2], f(s_x + 1).ToArray<double>());
    }

    [Fact]
    public void ATensorThatIsNotUsedHasAZeroGradient()
    {
        var grad = Grad.Of((Weights w) => w.W.sum())(new Weights(s_x, s_x, ""));
        Assert.Equal([0, 0, 0], grad.B.ToArray<double>());
    }

    [Fact]
    public void TreeGradientsHaveParamsOnly()
    {
        var tree = new StructureTree
        {
            Params = { ["w"] = s_x },
            Buffers = { ["n"] = F.ones([3], DType.Float64) },
            Submodules = { ["inner"] = new StructureTree { Params = { ["v"] = F.clone(s_x) } } },
        };
        var (value, grads) = Grad.TreeValueAndGrad(
            t => (t.Params["w"].Tensor * t.Submodules["inner"].Params["v"].Tensor * t.Buffers["n"].Tensor).sum())(tree);
        Assert.Equal(6.5, (double)value, 10);
        Assert.Equal(["w", "inner.v"], grads.Tensors().Select(t => t.Path));
        Assert.Equal([0.5, 1.5, -2], grads.Params["w"].Tensor.ToArray<double>());
    }

    [Fact]
    public void WrongLossesAreRefused()
    {
        Assert.Contains(
            "float64[3]", Assert.Throws<DifferentiationException>(() => Grad.Of((Tensor x) => x)(s_x)).Message, StringComparison.Ordinal);
        Assert.Throws<DifferentiationException>(() => Grad.Of((Tensor x) => x.argmax())(s_x));
#pragma warning disable BRACHY027 // the error at run time is what is tested
        Assert.Throws<NotSupportedException>(() => Grad.Of((Opaque _) => F.zeros([])));
#pragma warning restore BRACHY027
    }

    [Fact]
    public void AnExceptionInsideLeavesNoTraceOpen()
    {
        Assert.Throws<InvalidOperationException>(() => Grad.Of((Tensor x) => throw new InvalidOperationException())(s_x));
        Assert.Null(Trace.Current);
        Assert.Equal([1, 3, -4], Grad.Of((Tensor x) => (x * x).sum())(s_x).ToArray<double>());
    }

    [Fact]
    public void TemporariesAreFreed()
    {
        var temporaries = new List<Tensor>();
        Tensor Note(Tensor x)
        {
            temporaries.Add(x);
            return x;
        }

        var (value, grad) = Grad.ValueAndGrad((Tensor x) => Note(F.exp(Note(F.sin(Note(x * 2))) + 1)).sum())(s_x);
        Assert.All(temporaries, t => Assert.True(t.BufferOrNull!.IsDisposed));
        Assert.False(value.BufferOrNull!.IsDisposed || grad.BufferOrNull!.IsDisposed || s_x.BufferOrNull!.IsDisposed);
    }

    [Fact]
    public void OpsOnAnotherThreadAreNotLostSilently()
    {
        Exception? caught = null;
        Grad.Of((Tensor p) =>
        {
            var thread = new Thread(() => caught = Record.Exception(() => { _ = p * p; }));
            thread.Start();
            thread.Join();
            return p.sum();
        })(s_x);
        Assert.IsType<LeakedTensorException>(caught);
    }

    [Fact]
    public void ALossThatIsKeptDoesNotKeepItsTape()
    {
        var tapes = new List<WeakReference>();
        Tensor Step(Tensor state)
        {
            var (result, _) = Grad.ValueAndGrad(
                (Tensor x) =>
                {
                    var hidden = F.exp(x);
                    tapes.Add(new WeakReference(hidden));
                    return (Loss: hidden.sum(), State: F.maximum(state, hidden));
                },
                r => r.Loss)(s_x);
            return result.State;
        }

        var kept = s_x;
        for (var i = 0; i < 20; i++)
        {
            kept = Step(kept);
        }

        GC.Collect();
        Assert.InRange(tapes.Count(t => t.IsAlive), 0, 2);
        GC.KeepAlive(kept);
    }

    [Fact]
    public void JittedAndEagerGradientsAgreeBitForBitWithTheInterpreter()
    {
        var f = Grad.Of((Tensor x) => F.log_softmax(F.tanh(x) * x, -1).sum());
        var eager = f(s_x).ToArray<double>();
        Assert.Equal(eager, Jit.Compile(f, backend: Backend.Interpreter).Invoke(s_x).ToArray<double>());
        Assert.Equal(eager, Jit.Compile(f).Invoke(s_x).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-14);
    }

    /// <summary>Holds a tensor, but is not a [Tree].</summary>
    private sealed class Opaque
    {
        public Tensor? Tensor { get; set; }
    }
}
