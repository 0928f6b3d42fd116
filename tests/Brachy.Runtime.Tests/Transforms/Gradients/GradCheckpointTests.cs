using Brachy.Compilation;
using Brachy.NN;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>
/// Functions whose gradient computes again: the same gradients, with less that is kept, eagerly, compiled, nested and in loops.
/// </summary>
[Trait("Category", "Quick")]
public class GradCheckpointTests
{
    private static readonly Tensor s_x = Make.Real([4], seed: 1);
    private static readonly Tensor s_w = Make.Real([4, 4], seed: 2);
    private static readonly Tensor s_v = Make.Real([4], seed: 3);

    private static readonly Dictionary<string, CheckpointPolicy?> s_policies = new()
    {
        ["default"] = null,
        ["nothing"] = CheckpointPolicy.NothingSaved,
        ["products"] = CheckpointPolicy.ProductsSaved,
        ["names"] = CheckpointPolicy.NamesSaved("hidden"),
        ["sines"] = CheckpointPolicy.ResultsSaved(p => p.Name == "sin").Or(CheckpointPolicy.NamesSaved("other")),
        ["everything"] = CheckpointPolicy.EverythingSaved,
    };

    public static TheoryData<string> Policies => [.. s_policies.Keys];

    [Theory]
    [MemberData(nameof(Policies))]
    public void DerivativesAreThoseOfTheFunction(string policy)
    {
        Tensor Block(Tensor x, Tensor w) => F.sin(F.checkpoint_name(F.tanh(w.matmul(x)), "hidden")) * x;
        var block = Grad.Checkpoint<Tensor, Tensor, Tensor>(Block, s_policies[policy]);
        Tensor Plain(Tensor x, Tensor w) => (Block(Block(x, w), w) * x).sum();
        Tensor Checkpointed(Tensor x, Tensor w) => (block(block(x, w), w) * x).sum();
        var (value, (byX, byW)) = Grad.ValueAndGrad<Tensor, Tensor, Tensor>(Plain, [0, 1])(s_x, s_w);
        var eager = Grad.ValueAndGrad<Tensor, Tensor, Tensor>(Checkpointed, [0, 1]);
        var compiled = Jit.Compile((Tensor x, Tensor w) => eager(x, w));
        foreach (var (again, (x, w)) in new[] { eager(s_x, s_w), compiled.Invoke(s_x, s_w) })
        {
            Close(value, again);
            Close(byX, x);
            Close(byW, w);
        }

        GraphChecker.Check(compiled.Graph!);
        var hessian = Grad.HessianVectorProduct((Tensor x) => Plain(x, s_w), s_x, s_v);
        Close(hessian, Grad.HessianVectorProduct((Tensor x) => Checkpointed(x, s_w), s_x, s_v));
        Close(hessian, Jit.Compile((Tensor x) => Grad.HessianVectorProduct((Tensor y) => Checkpointed(y, s_w), x, s_v)).Invoke(s_x));
        Close(hessian, Grad.Of((Tensor x) => Grad.Jvp((Tensor y) => Checkpointed(y, s_w), x, s_v).Tangent)(s_x));
        Close(hessian, Grad.Of((Tensor x) => (Grad.Of((Tensor y) => Checkpointed(y, s_w))(x) * s_v).sum())(s_x));
        Close((byX * s_v).sum(), Grad.Jvp((Tensor x) => Checkpointed(x, s_w), s_x, s_v).Tangent);
        Close((byX * s_v).sum(), Jit.Compile((Tensor x) => Grad.Jvp((Tensor y) => Checkpointed(y, s_w), x, s_v).Tangent).Invoke(s_x));
    }

    [Theory]
    [InlineData("nothing", 2)]
    [InlineData("names", 1)]
    [InlineData("everything", 1)]
    public void CompiledCodeComputesAgainWhatIsNotKept(string policy, int expected)
    {
        var block = Grad.Checkpoint((Tensor x) => F.sin(F.checkpoint_name(F.exp(x), "hidden")), s_policies[policy]);
        var compiled = Jit.Compile((Tensor x) => Grad.ValueAndGrad((Tensor y) => block(y).sum())(x));
        compiled.Invoke(s_x);
        Assert.Equal(expected, compiled.Graph!.Equations.Count(e => e.Primitive.Name == "exp"));

        // Outside of gradients it is the plain function.
        var plain = Jit.Compile(block);
        plain.Invoke(s_x);
        Assert.Equal(["exp", "sin"], plain.Graph!.Equations.Select(e => e.Primitive.Name));
    }

    /// <summary>libtorch looks for common subexpressions, too, which would keep what is computed twice.</summary>
    [Fact]
    public void TheBarrierStandsInTheScript()
    {
        var block = Grad.Checkpoint((Tensor x) => F.sin(F.exp(x)));
        var compiled = Jit.Compile(
            (Tensor x) => Grad.ValueAndGrad((Tensor y) => block(y).sum())(x), backend: Backend.TorchScript);
        compiled.Invoke(s_x);
        Assert.Contains("torch.alias", compiled.Script, StringComparison.Ordinal);
    }

    [Fact]
    public void CapturedTensorsAndModulesAreDifferentiated()
    {
        Tensor Loss(Tensor w, bool checkpoint)
        {
            Tensor Block(Tensor x) => F.tanh(w.matmul(x));
            var block = checkpoint ? Grad.Checkpoint<Tensor, Tensor>(Block) : Block;
            return block(block(s_x)).sum();
        }

        var expected = Grad.Of((Tensor w) => Loss(w, false))(s_w);
        Close(expected, Grad.Of((Tensor w) => Loss(w, true))(s_w));
        Close(expected, Jit.Compile((Tensor w) => Grad.Of((Tensor y) => Loss(y, true))(w)).Invoke(s_w));

        using var rng = Rng.Scope(0);
        var (model, config) = new Linear(4, 4);
        var input = F.ones([2, 4]);
        Tensor Apply(StructureTree m) => F.sin(Linear.Apply(m, config, input).Output).sum();
        var byModel = Grad.Of<StructureTree>(Apply)(model);
        var again = Grad.Of(Grad.Checkpoint<StructureTree, Tensor>(Apply))(model);
        OpCheck.AssertClose((Tensor)byModel["weight"]!, (Tensor)again["weight"]!, 1e-6, "weight");
    }

    [Fact]
    public void RandomNumbersAreTheSameOnesWhenComputedAgain()
    {
        static Tensor Noisy(Tensor x) => F.exp(x) * Rng.Normal(x.shape, DType.Float64);
        static Tensor Run(Func<Tensor, Tensor> f)
        {
            using var rng = Rng.Scope(5);
            return Grad.Of((Tensor x) => f(x).sum())(s_x);
        }

        Close(Run(Noisy), Run(Grad.Checkpoint<Tensor, Tensor>(Noisy)));
    }

    [Fact]
    public void LoopsBatchesAndNestsWork()
    {
        Tensor Step(Tensor h, Tensor x) => F.tanh(s_w.matmul(F.sin(h)) + x);
        var xs = Make.Real([5, 4], seed: 6);
        Tensor Run(Func<Tensor, Tensor, Tensor> step, Tensor h) =>
            Brachy.Control.Scan((Tensor s, Tensor x) => (step(s, x), s), h, xs).State.sum();
        var expected = Grad.Of((Tensor h) => Run(Step, h))(s_x);
        var checkpointed = Grad.Checkpoint<Tensor, Tensor, Tensor>(Step);
        Close(expected, Grad.Of((Tensor h) => Run(checkpointed, h))(s_x));
        Close(expected, Jit.Compile((Tensor h) => Grad.Of((Tensor y) => Run(checkpointed, y))(h)).Invoke(s_x));

        // A loop inside, and functions inside each other.
        var outer = Grad.Checkpoint((Tensor h) => Run(Grad.Checkpoint<Tensor, Tensor, Tensor>(Step), h));
        Close(expected, Grad.Of(outer)(s_x));
        Close(expected, Jit.Compile((Tensor h) => Grad.Of(outer)(h)).Invoke(s_x));

        var samples = Make.Real([3, 4], seed: 7);
        var each = Grad.Of((Tensor h) => (Vmap.Of((Tensor x) => Step(h, x))(samples) * samples).sum())(s_x);
        Close(each, Grad.Of((Tensor h) => (Vmap.Of((Tensor x) => checkpointed(h, x))(samples) * samples).sum())(s_x));
        var perSample = Vmap.Of((Tensor x) => Grad.Of((Tensor h) => checkpointed(h, x).sum())(s_x))(samples);
        Close(Grad.Of((Tensor h) => Step(h, samples[1]).sum())(s_x), perSample[1]);
    }

    /// <summary>A batch of such functions computes again, too, for all that the samples share and all that they do not.</summary>
    [Theory]
    [InlineData("nothing", 2)]
    [InlineData("names", 1)]
    public void TheGradientOfABatchComputesAgain(string policy, int expected)
    {
        var samples = Make.Real([3, 4], seed: 7);
        Tensor Block(Tensor x, Tensor w) => F.sin(F.checkpoint_name(F.exp(w.matmul(x) * 0.1), "hidden")) * x;
        var block = Grad.Checkpoint<Tensor, Tensor, Tensor>(Block, s_policies[policy]);
        foreach (var axes in new[] { 0, 1, 2 })
        {
            Tensor Loss(Func<Tensor, Tensor, Tensor> f, Tensor xs, Tensor w) => axes switch
            {
                0 => (Vmap.Of((Tensor x) => f(x, w))(xs) * samples).sum(),
                1 => (Vmap.Of((Tensor s) => f(xs[0], w * s[0]))(samples) * samples).sum(),
                _ => (Vmap.Of((Tensor s) => Vmap.Of((Tensor x) => f(x, w * s[1]))(xs))(samples)).sum(),
            };
            Tensor[] Gradient(Func<Tensor, Tensor, Tensor> f, Tensor xs, Tensor w)
            {
                var (value, (byX, byW)) = Grad.ValueAndGrad<Tensor, Tensor, Tensor>((x, y) => Loss(f, x, y), [0, 1])(xs, w);
                return [byX, byW, value];
            }

            var wanted = Gradient(Block, samples, s_w);
            var compiled = Jit.Compile((Tensor xs, Tensor w) => Gradient(block, xs, w));
            foreach (var found in new[] { Gradient(block, samples, s_w), compiled.Invoke(samples, s_w) })
            {
                Close(wanted[0], found[0]);
                Close(wanted[1], found[1]);
                Close(wanted[2], found[2]);
            }

            Assert.Equal(expected, compiled.Graph!.Equations.Count(e => e.Primitive.Name == "exp"));

            // To a higher order.
            Tensor Second(Func<Tensor, Tensor, Tensor> f, Tensor w) =>
                Grad.Of((Tensor y) => (Gradient(f, samples, y)[1] * s_w).sum())(w);
            Close(Second(Block, s_w), Second(block, s_w));
            Close(Second(Block, s_w), Jit.Compile((Tensor w) => Second(block, w)).Invoke(s_w));
        }
    }

    [Fact]
    public void EagerlyOnlyWhatIsKeptLives()
    {
        WeakReference? intermediate = null;
        var block = Grad.Checkpoint((Tensor x) =>
        {
            var hidden = F.exp(x);
            intermediate = new WeakReference(hidden);
            return F.sin(hidden);
        });
        var alive = true;
        Grad.Of((Tensor x) =>
        {
            var y = block(x);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            alive = intermediate!.Target is Tensor { BufferOrNull: not null };
            return y.sum();
        })(s_x);
        Assert.False(alive);
    }

    /// <summary>Zeros and ones that an inner derivative makes are needed when it is computed again.</summary>
    [Fact]
    public void DerivativesInsideAreComputedAgainEagerly()
    {
        Tensor Rows(Tensor x) => Grad.JacobianForward((Tensor y) => F.sin(y) * x.sum())(x).matmul(x);
        var block = Grad.Checkpoint<Tensor, Tensor>(Rows);
        Close(Grad.Jvp(Rows, s_x, s_v).Tangent, Grad.Jvp(block, s_x, s_v).Tangent);
        Close(Grad.Linearize(Rows, s_x).Jvp(s_v), Grad.Linearize(block, s_x).Jvp(s_v));
        Close(Grad.Of((Tensor x) => Rows(x).sum())(s_x), Grad.Of((Tensor x) => block(x).sum())(s_x));
    }

    [Fact]
    public void WrongArgumentsAreNamed()
    {
        Assert.Throws<ArgumentNullException>(() => Grad.Checkpoint((Func<Tensor, Tensor>)null!));
        Assert.Throws<ArgumentException>(() => F.checkpoint_name(s_x, ""));
        Assert.Throws<ArgumentNullException>(() => CheckpointPolicy.NamesSaved(null!));
    }

    private static void Close(Tensor expected, Tensor actual) => OpCheck.AssertClose(expected, actual, 1e-10, "value");
}
