namespace Brachy.Tests.Core;

/// <summary>When memory is freed.</summary>
[Trait("Category", "Quick")]
public class TensorScopeTests
{
    [Fact]
    public void AScopeFreesWhatWasNotKeptOrStored()
    {
        Tensor kept, temporary;
        var tree = new StructureTree();
        using (var scope = TensorScope.Begin())
        {
            var x = F.ones([4]);
            temporary = x + 1;
            kept = scope.Keep(temporary * 2);
            tree.Params["w"] = x * 5;
        }

        Assert.Equal(4, (double)kept[0]);
        Assert.Equal(5, (double)tree.Params["w"].Tensor[0]);
        Assert.Throws<ObjectDisposedException>(() => temporary + 1);
    }

    [Fact]
    public void WhatIsKeptJoinsTheOuterScope()
    {
        Tensor inner;
        using (TensorScope.Begin())
        {
            using (var scope = TensorScope.Begin())
            {
                inner = scope.Keep(F.ones([1]));
            }

            Assert.Equal(1, (double)inner);
        }

        Assert.Throws<ObjectDisposedException>(() => inner + 1);
    }

    [Fact]
    public void ResultsOfJittedCallsInTreesSurvive()
    {
        var f = Jit.Compile((StructureTree t) => t.MapParamsBuffers((_, x) => x + 1));
        var tree = new StructureTree { Params = { ["w"] = F.ones([1]) } };
        using (TensorScope.Begin())
        {
            tree = f.Invoke(tree);
        }

        Assert.Equal(2, (double)tree.Params["w"].Tensor);
    }

    [Fact]
    public void ANumberSurvivesAnyScope()
    {
        Tensor number = 2.0;
        using (TensorScope.Begin())
        {
            number.AsTorch();
        }

        Assert.Equal(3, (double)(number + F.ones([1])));
    }

    [Fact]
    public void AbsurdSizesAreRefused()
    {
        Assert.Throws<ShapeException>(() => Rng.Uniform([1L << 50], DType.Float32, Rng.Seed(1)));
        Assert.Throws<ShapeException>(() => Rng.Permutation(1L << 50, Rng.Seed(1)));
        Assert.Throws<ShapeException>(() => F.zeros([1L << 50]));
        Assert.Throws<NativeOpException>(() => Rng.Uniform([1L << 45], DType.Float32, Rng.Seed(1)));
        Assert.Throws<NativeOpException>(() => Rng.Permutation(1L << 45, Rng.Seed(1)));
        Assert.Throws<NativeOpException>(() => F.zeros([1L << 45]));
        Assert.Throws<ShapeException>(() => F.zeros([1L << 40, 1L << 40]));
    }

    [Fact]
    public void ScopesEndInOrder()
    {
        var outer = TensorScope.Begin();
        var inner = TensorScope.Begin();
        Assert.Throws<InvalidOperationException>(outer.Dispose);
        inner.Dispose();
        outer.Dispose();
        outer.Dispose();
    }

    [Fact]
    public void AnEagerLoopWithoutScopesStaysBounded()
    {
        const int Megabytes = 4;
        const int Steps = 2000;
        var x = F.ones([Megabytes * 256 * 1024]);
        var made = new List<WeakReference>();
        var peak = 0;
        for (var i = 0; i < Steps; i++)
        {
            x = x * 1.0001;
            made.Add(new WeakReference(x));
            if (i % 20 == 0)
            {
                // Collections must come by themselves; a busy machine may only keep their finalizers waiting.
                GC.WaitForPendingFinalizers();
                made.RemoveAll(tensor => !tensor.IsAlive);
            }

            peak = Math.Max(peak, made.Count);
        }

        // When the garbage collector starts depends on its heap, which other tests fill, and on the machine: not after twice as much.
        Assert.True(
            peak < Steps / 2, $"The loop made {Steps * Megabytes} MB of tensors and held {peak * Megabytes} MB of them at once.");
    }
}
