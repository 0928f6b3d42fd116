using Brachy.Compilation;

namespace Brachy.Tests.Lowering;

/// <summary>What compiled code overwrites, and what it must not.</summary>
[Trait("Category", "Quick")]
public class MemoryPlanTests
{
    [Fact]
    public void ADonatedInputIsOverwrittenOnlyAfterItsLastUse()
    {
        var last = Compile((p, g) => [Update(p, g)]);
        Assert.True(last.OverwrittenInputs[0]);
        Assert.False(last.OverwrittenInputs[1]);
        Assert.DoesNotContain("torch.clone", last.Script, StringComparison.Ordinal);

        // An update moves behind reads that do not depend on it.
        var readBefore = Compile((p, g) =>
        {
            var updated = Update(p, g);
            return [updated, p * 2];
        });
        Assert.True(readBefore.OverwrittenInputs[0]);

        var usedLater = Compile((p, g) =>
        {
            var updated = Update(p, g);
            return [updated, F.matmul(updated, p)];
        });
        Assert.False(usedLater.OverwrittenInputs[0]);
        Assert.Contains("torch.clone", usedLater.Script, StringComparison.Ordinal);

        var returned = Compile((p, g) => [Update(p, g), p]);
        Assert.False(returned.OverwrittenInputs[0]);
    }

    [Fact]
    public void ArithmeticWritesOverADonatedInputThatAResultReplaces()
    {
        var plan = Compile((p, g) => [p - (g * 0.1)]);
        Assert.True(plan.OverwrittenInputs[0]);
        Assert.Contains(".sub_(", plan.Script, StringComparison.Ordinal);
        Assert.False(Compile((p, g) => [p - (g * 0.1), p]).OverwrittenInputs[0]);
        Assert.False(Compile((p, g) => [(p - (g * 0.1)).sum()]).OverwrittenInputs[0]);

        var step = Jit.Compile((Tensor weight, Tensor gradient) => weight - (gradient * 0.1), donate: [0]);
        var (weight, gradient) = (F.ones([1000]), F.ones([1000]));
        var next = step.Invoke(weight, gradient);
        Assert.Equal((0.9f, 1f), (next.ToArray<float>()[7], gradient.ToArray<float>()[7]));
        Assert.Throws<DonatedTensorException>(() => weight.ToArray<float>());
    }

    [Fact]
    public void AFailedWriteGivesADonatedInputUp()
    {
        var write = Jit.Compile((Tensor cache, Tensor position, Tensor row) => cache.at[position].set(row), donate: [0]);
        var cache = write.Invoke(F.zeros([4, 2]), F.tensor(new[] { 1L }), F.ones([1, 2]));
        Assert.Contains(".index_put_(", write.Script, StringComparison.Ordinal);
        Assert.Equal([0f, 0, 1, 1, 0, 0, 0, 0], cache.ToArray<float>());
        Assert.Throws<NativeOpException>(() => write.Invoke(cache, F.tensor(new[] { 4L }), F.ones([1, 2])));
        Assert.Throws<DonatedTensorException>(() => cache.ToArray<float>());
    }

    [Fact]
    public void AViewThatLivesOnProtectsItsSource()
    {
        var plan = Compile((p, g) =>
        {
            var view = p.reshape(-1);
            var updated = Update(p, g);
            return [updated, view + updated.sum()];
        });
        Assert.False(plan.OverwrittenInputs[0]);
        Assert.False(Compile((p, g) => [Update(p.transpose(0, 1), g)]).OverwrittenInputs[0]);
    }

    [Fact]
    public void AnInputUsedTwiceInTheUpdateIsCopied()
    {
        Assert.False(Compile((p, _) => [Update(p, p)]).OverwrittenInputs[0]);
    }

    [Fact]
    public void InputsThatAreNotDonatedAreNeverOverwritten()
    {
        var f = Jit.Compile((Tensor p, Tensor g) => new[] { Update(p, g) });
        var p = F.ones([2, 2]);
        var result = f.Invoke(p, F.ones([2, 2]))[0];
        Assert.Equal((1, 0.5), ((double)p[0, 0], (double)result[0, 0]));
    }

    private static Tensor Update(Tensor p, Tensor g) => F.multi_sgd([p], [g], [], 0.5, 0.0, 0.0, 0.0, 1.0).Parameters[0];

    private static (bool[] OverwrittenInputs, string Script) Compile(Func<Tensor, Tensor, Tensor[]> function)
    {
        var f = Jit.Compile(function, donate: [0, 1]);
        var (p, g) = (F.tensor(new[] { 1f, 2, 3, 4 }).reshape(2, 2).contiguous(), F.full([2, 2], 0.25));
        var expected = function(p, g).Select(t => t.ToArray<float>()).ToArray();
        var results = f.Invoke(F.clone(p), F.clone(g));
        Assert.Equal(expected, results.Select(t => t.ToArray<float>()));
        var script = f.Script!;
        return ([.. MemoryPlan.Make(f.Graph!, [true, true]).OverwrittenInputs], script);
    }
}
