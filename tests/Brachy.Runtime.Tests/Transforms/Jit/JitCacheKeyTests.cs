using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Native;
using Brachy.Trees;

namespace Brachy.Tests.Transforms;

/// <summary>Exactly when a jitted function is traced again.</summary>
[Trait("Category", "Quick")]
public class JitCacheKeyTests
{
    private static readonly Tensor s_two = F.full([2], 1.0);

    [Fact]
    public void ShapesDTypesAndNothingElseOfTensorsDecide()
    {
        var f = Jit.Compile((Tensor x) => x * 2);
        f.Invoke(F.ones([2]));
        f.Invoke(F.zeros([2]));
        Assert.Equal(1, f.TraceCount);
        f.Invoke(F.ones([3]));
        Assert.Equal(2, f.TraceCount);
        f.Invoke(F.ones([3], DType.Float64));
        Assert.Equal(3, f.TraceCount);
        f.Invoke(F.ones([2]));
        f.Invoke(F.ones([3]));
        Assert.Equal(3, f.TraceCount);
    }

    [Fact]
    public void NumbersPassedAsTensorsDoNotRetrace()
    {
        var f = Jit.Compile((Tensor x, Tensor lr) => x * lr);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(i * 0.5, (double)f.Invoke(s_two, i * 0.5)[0], 6);
        }

        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void AStaticValueRetracesOnceForEachValue()
    {
        var f = Jit.Compile((Tensor x, int k) => x * k);
        foreach (var (k, traces) in new[] { (1, 1), (2, 2), (1, 2), (2, 2), (3, 3) })
        {
            Assert.Equal(k, (double)f.Invoke(s_two, k)[0]);
            Assert.Equal(traces, f.TraceCount);
        }
    }

    [Fact]
    public void ADictionaryCountsByContentNotByIdentity()
    {
        TreeHandler.Register(TreeHandler.Static<Dictionary<string, double>>());
        var f = Jit.Compile((Tensor x, Dictionary<string, double> options) => x * options["scale"]);
        var options = new Dictionary<string, double> { ["scale"] = 2 };
        Assert.Equal(2, (double)f.Invoke(s_two, options)[0]);
        Assert.Equal(2, (double)f.Invoke(s_two, new Dictionary<string, double> { ["scale"] = 2 })[0]);
        Assert.Equal(1, f.TraceCount);

        options["scale"] = 3;
        Assert.Equal(3, (double)f.Invoke(s_two, options)[0]);
        Assert.Equal(2, f.TraceCount);

        options["scale"] = 2;
        Assert.Equal(2, (double)f.Invoke(s_two, options)[0]);
        Assert.Equal(2, f.TraceCount);
    }

    [Fact]
    public void AuxOfATreeCountsByContentEvenWhenMutatedInPlace()
    {
        var f = Jit.Compile((StructureTree t, Tensor x) => x * ((List<int>)t.Aux["factors"]!)[0]);
        var factors = new List<int> { 2 };
        var tree = new StructureTree();
        tree.Aux["factors"] = factors;
        Assert.Equal(2, (double)f.Invoke(tree, s_two)[0]);

        factors[0] = 5;
        Assert.Equal(5, (double)f.Invoke(tree, s_two)[0]);
        Assert.Equal(2, f.TraceCount);

        var copy = new StructureTree();
        copy.Aux["factors"] = new List<int> { 5 };
        Assert.Equal(5, (double)f.Invoke(copy, s_two)[0]);
        Assert.Equal(2, f.TraceCount);
    }

    [Fact]
    public void KeysApplyFunctionAndConfigOfATreeCount()
    {
        var f = Jit.Compile((StructureTree t, GlobalConfig c) => t.Params["w"].Tensor * 1);
        StructureTree Tree() => new() { Params = { ["w"] = F.ones([2]) } };
        f.Invoke(Tree(), GlobalConfig.Empty);
        f.Invoke(Tree(), new GlobalConfig());
        Assert.Equal(1, f.TraceCount);

        f.Invoke(Tree(), new GlobalConfig(("train_mode", true)));
        f.Invoke(Tree(), new GlobalConfig(("train_mode", true)));
        Assert.Equal(2, f.TraceCount);

        var more = Tree();
        more.Params["v"] = F.ones([1]);
        f.Invoke(more, GlobalConfig.Empty);
        Assert.Equal(3, f.TraceCount);

        var apply = new ApplyFn<Tensor, Tensor>("double", (_, _, x) => x * 2);
        var withApply = Tree();
        withApply.ApplyFn = apply;
        f.Invoke(withApply, GlobalConfig.Empty);
        var sameApply = Tree();
        sameApply.ApplyFn = apply;
        f.Invoke(sameApply, GlobalConfig.Empty);
        Assert.Equal(4, f.TraceCount);
    }

    [Fact]
    public void AbsentAndPresentTensorsAreDifferent()
    {
        var f = Jit.Compile((StructureTree t) => t.Params["bias"].IsNone ? F.zeros([1]) : t.Params["bias"].Tensor + 1);
        Assert.Equal(0, (double)f.Invoke(new StructureTree { Params = { ["bias"] = TreeValue.None } }));
        Assert.Equal(2, (double)f.Invoke(new StructureTree { Params = { ["bias"] = F.ones([1]) } }));
        Assert.Equal(0, (double)f.Invoke(new StructureTree { Params = { ["bias"] = TreeValue.None } }));
        Assert.Equal(2, f.TraceCount);
    }

    [Fact]
    public void TheCacheIsBoundedAndFreesNativeUnits()
    {
        var f = Jit.Compile((Tensor x, int k) => x * k);
        var units = new List<ScriptHandle>();
        for (var k = 0; k < Jit.DefaultCacheLimit + 10; k++)
        {
            f.Invoke(s_two, k);
            units.Add(((TorchScriptExecutable)f.LastExecutable!).Unit!);
        }

        Assert.Equal(Jit.DefaultCacheLimit, f.CacheCount);
        Assert.Equal(10, units.Count(unit => unit.IsClosed));

        // The newest versions are still there, the oldest are not.
        f.Invoke(s_two, Jit.DefaultCacheLimit + 9);
        Assert.Equal(Jit.DefaultCacheLimit + 10, f.TraceCount);
        f.Invoke(s_two, 0);
        Assert.Equal(Jit.DefaultCacheLimit + 11, f.TraceCount);
        f.ClearCache();
        Assert.All(units, unit => Assert.True(unit.IsClosed));
        Assert.Equal(0, f.CacheCount);
        Assert.Equal(7, (double)f.Invoke(s_two, 7)[0]);
    }
}
