using Brachy.Optim;
using Brachy.Trees;

namespace Brachy.Tests.Modules;

/// <summary>What eager calls of modules and optimizers free, and what they must not.</summary>
public class EagerMemoryTests
{
    [Fact]
    public void ApplyFreesItsTemporariesAndKeepsItsResults()
    {
        Tensor? temporary = null;
        var tree = new StructureTree
        {
            Buffers = { ["last"] = F.zeros([2]) },
            ApplyFn = ApplyFn.Organized("test", (StateOrganizer o, Tensor x) =>
            {
                temporary = x * 2;
                o["last"] = temporary + 1;
                return temporary + 2;
            }),
        };
        var (after, y) = tree.Apply(GlobalConfig.Empty, F.ones([2]));
        Assert.Equal((3, 4), ((double)after.Buffers["last"].Tensor[0], (double)y[0]));
        Assert.Contains(
            "TensorScope", Assert.Throws<ObjectDisposedException>(() => { _ = temporary! + 1; }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEagerStepInsideAScopeKeepsTheTrees()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new SmallNet(4, 3, 2);
        var (opt, optConfig) = new AdamW(model);
        var (x, y) = (Rng.Normal([5, 4]), Rng.RandInt(0, 2, [5]));
        for (var i = 0; i < 3; i++)
        {
            using var scope = TensorScope.Begin();
            (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, m =>
            {
                (m, var logits) = SmallNet.Apply(m, config, x);
                return (m, F.softmax_cross_entropy(logits, y));
            });
            Assert.True(double.IsFinite((double)loss));
        }

        Assert.All(model.Tensors().Concat(opt.Tensors()), t => Assert.False(t.Tensor.BufferOrNull!.IsDisposed));
        Assert.Equal(3, (double)opt.Buffers["step"].Tensor);
    }
}
