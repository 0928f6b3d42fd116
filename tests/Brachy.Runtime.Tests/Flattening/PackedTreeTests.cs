using System.Runtime.CompilerServices;
using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy.Tests.Flattening;

/// <summary>Trees that compiled code gives are put together when somebody looks at them; nobody can tell.</summary>
[Trait("Category", "Quick")]
public class PackedTreeTests
{
    [Fact]
    public void AResultIsPackedUntilSomebodyLooks()
    {
        var compiled = Jit.Compile((StructureTree t) => t.MapParamsBuffers((_, tensor) => tensor + 1));
        var tree = compiled.Invoke(Tree(4));
        Assert.IsType<PackedTree>(tree.Unopened);
        for (var i = 0; i < 3; i++)
        {
            var next = compiled.Invoke(tree);
            Assert.NotNull(tree.Unopened);
            tree = next;
        }

        Assert.Equal(1, compiled.TraceCount);
        Assert.Equal([5f, 5f], tree.Submodules["layer3"].Params["weight"].Tensor.ToArray<float>());
        Assert.Null(tree.Unopened);
        Assert.Same(tree.Submodules["layer0"], tree.Submodules["layer0"]);
        Assert.Equal([6f, 6f], compiled.Invoke(tree).Submodules["layer0"].Params["weight"].Tensor.ToArray<float>());
    }

    [Fact]
    public void ItsTensorsOutliveTheScopeOfTheCall()
    {
        StructureTree tree;
        using (TensorScope.Begin())
        {
            tree = Jit.Compile((StructureTree t) => t.MapParamsBuffers((_, tensor) => tensor + 1)).Invoke(Tree(4));
        }

        using (TensorScope.Begin())
        {
            _ = tree.Params;
        }

        Assert.Equal([2f, 2f], tree.Submodules["layer0"].Params["weight"].Tensor.ToArray<float>());
    }

    [Fact]
    public void ItKeepsNoOtherResult()
    {
        var compiled = Jit.Compile((StructureTree t, Tensor x) => (x + 1, t.MapParamsBuffers((_, tensor) => tensor + 1)));
        var (other, tree) = Call();
        Collect();
        Assert.False(other.TryGetTarget(out _));
        Assert.NotNull(tree.Unopened);

        [MethodImpl(MethodImplOptions.NoInlining)]
        (WeakReference<Tensor> Other, StructureTree Tree) Call()
        {
            var (x, result) = compiled.Invoke(Tree(4), F.ones([2]));
            return (new(x), result);
        }
    }

    [Fact]
    public void AFunctionKeepsNoTreeThatItWasCalledWith()
    {
        var compiled = Jit.Compile((StructureTree t) => t.Submodules["layer0"].Params["weight"].Tensor + 1);
        var (tree, tensor) = Call();
        Collect();
        Assert.False(tree.TryGetTarget(out _));
        Assert.False(tensor.TryGetTarget(out _));
        GC.KeepAlive(compiled);

        [MethodImpl(MethodImplOptions.NoInlining)]
        (WeakReference<StructureTree> Tree, WeakReference<Tensor> Tensor) Call()
        {
            var tree = Tree(4);
            for (var i = 0; i < 5; i++)
            {
                compiled.Invoke(tree).Dispose();
            }

            return (new(tree), new(tree.Submodules["layer1"].Params["weight"].Tensor));
        }
    }

    [Fact]
    public void TwoTensorsThatAreOneAreSeen()
    {
        var pair = Jit.Compile((Tensor a, Tensor b) =>
        {
            var tree = Tree(2);
            tree.Submodules["layer0"].Params["weight"] = a;
            tree.Submodules["layer1"].Params["weight"] = b;
            return tree;
        });
        var count = Jit.Compile((StructureTree t, Tensor x) => x + t.DistinctTensors().Count());
        var (x, y) = (F.ones([2]), F.zeros([2]));
        foreach (var (a, b, distinct) in new[] { (x, y, 4), (x, x, 3), (y, x, 4), (y, y, 3) })
        {
            var tree = pair.Invoke(a, b);
            Assert.NotNull(tree.Unopened);
            Assert.Equal(distinct, (double)count.Invoke(tree, 0.0));
        }
    }

    [Fact]
    public void ATreeOfAnEarlierCallIsOlderThanATraceThatOpensIt()
    {
        var tree = Jit.Compile((StructureTree t) => t.MapParamsBuffers((_, tensor) => tensor + 1)).Invoke(Tree(4));
        var capturing = Jit.Compile((Tensor x) =>
        {
            tree.Submodules["layer0"].Params["weight"] = x * 2;
            return x + 1;
        });
        Assert.Throws<LeakedTensorException>(() => capturing.Invoke(F.ones([2])));
        Assert.Equal([2f, 2f], tree.Submodules["layer0"].Params["weight"].Tensor.ToArray<float>());
    }

    [Fact]
    public void ADonatedTreeSaysSoWhenItIsOpened()
    {
        var step = Jit.Compile((StructureTree t) => t.MapParamsBuffers((_, tensor) => tensor + 1), donate: [0]);
        var first = step.Invoke(Tree(4));
        var second = step.Invoke(first);
        Assert.Throws<DonatedTensorException>(() => first.Submodules["layer0"].Params["weight"].Tensor.ToArray<float>());
        Assert.Throws<DonatedTensorException>(() => step.Invoke(first));
        Assert.Equal([3f, 3f], second.Submodules["layer0"].Params["weight"].Tensor.ToArray<float>());
    }

    [Fact]
    public void SizesThatVaryFitResultsOfOtherSizes()
    {
        var pack = Jit.Compile((Tensor x) =>
        {
            var tree = Tree(3);
            tree.Submodules["layer0"].Params["weight"] = x * 2;
            return tree;
        });
        var sum = Jit.Compile(
            (StructureTree t) => t.Submodules["layer0"].Params["weight"].Tensor.sum(),
            varying: [new(0, "rows") { Member = "layer0.weight" }]);
        foreach (var rows in new[] { 5, 7, 9, 5 })
        {
            Assert.Equal(2.0 * rows, (double)sum.Invoke(pack.Invoke(F.ones([rows]))));
        }

        Assert.Equal(1, sum.TraceCount);
    }

    [Fact]
    public void ThreadsThatLookAtOnceSeeTheSameNodes()
    {
        var compiled = Jit.Compile((StructureTree t) => t);
        var given = Tree(8);
        for (var round = 0; round < 200; round++)
        {
            var tree = compiled.Invoke(given);
            var seen = new StructureTree[4];
            Parallel.For(0, seen.Length, i => seen[i] = tree.Submodules["layer7"]);
            Assert.All(seen, node => Assert.Same(seen[0], node));
        }
    }

    [Fact]
    public void CallsAllocateLittleHoweverManyNodesATreeHas()
    {
        var read = Jit.Compile((StructureTree t, Tensor x) => x);
        var (tree, x) = (Tree(50), F.ones([2]));
        Assert.InRange(BytesOfACall(() => read.Invoke(tree, x)), 0, 150);
        var pass = Jit.Compile((StructureTree t) => t);
        Assert.InRange(BytesOfACall(() => tree = pass.Invoke(tree)), 0, (100 * 8) + 300);
    }

    private static double BytesOfACall(Action call)
    {
        for (var i = 0; i < 100; i++)
        {
            call();
        }

        const int Calls = 500;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
        {
            call();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls;
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static StructureTree Tree(int nodes)
    {
        var tree = new StructureTree();
        for (var i = 0; i < nodes; i++)
        {
            tree.Submodules[$"layer{i}"] = new() { Params = { ["weight"] = F.ones([2]), ["bias"] = F.zeros([2]) } };
        }

        return tree;
    }
}
