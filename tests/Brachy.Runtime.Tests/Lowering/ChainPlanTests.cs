using Brachy.Compilation;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Lowering;

/// <summary>Graphs that run on libtorch but for chains of elementwise ops.</summary>
public class ChainPlanTests
{
    private static readonly Backend s_chains = new ChainBackend(ChainPlan.FewestSeconds);

    /// <summary>A machine on which one pass for a chain saves much, and products are libtorch's.</summary>
    private static readonly MachineCosts s_costs = MachineCosts.Fixed
        .With(MachineCost.LostPerElement, -0.5e-9).With(MachineCost.LostPerElementOfMemory, -0.5e-9)
        .With(MachineCost.LostPerElementInCache, -0.5e-9).With(MachineCost.LostPerMultiplyAddOfTiles, 1e-9)
        .With(MachineCost.LostPerMultiplyAdd, 1e-9);

    [Fact]
    public void ChainsBetweenWhatHasNoRuleAreVectorCode()
    {
        using var costs = MachineCosts.Scope(s_costs);
        var function = (Tensor x) => F.tanh(F.erfinv(F.sin(F.exp(x) * 0.1) * 0.5) + x) * 2;
        var compiled = Jit.Compile(function);
        using var rng = Rng.Scope(1);
        var x = Rng.Normal([512, 512]);
        OpCheck.AssertClose(function(x), compiled.Invoke(x), 1e-5, "chains");
        Assert.Equal(
            [Backend.VectorCode.Name, Backend.TorchScript.Name, Backend.VectorCode.Name], KindsOf(compiled.LastExecutable!));
        Assert.Contains("erfinv", compiled.Script, StringComparison.Ordinal);
        Assert.DoesNotContain("tanh", compiled.Script, StringComparison.Ordinal);
    }

    [Fact]
    public void ATrainingStepKeepsItsProductsInLibtorchAndUpdatesItsStateInPlace()
    {
        using var costs = MachineCosts.Scope(s_costs);
        using var rng = Rng.Scope(2);
        var (model, config) = new Sequential(
            new Linear(256, 512), new GELU(), new LayerNorm([512]), new Linear(512, 256), new GELU(), new Linear(256, 10));
        var (opt, optConfig) = new AdamW(model);
        var (x, y) = (Rng.Normal([512, 256]), Rng.RandInt(0, 10, [512]));
        var step = (StructureTree state, StructureTree weights, Tensor x, Tensor y) =>
        {
            (state, weights, _) = Optimizer.Step(state, optConfig, weights, current =>
            {
                (current, var logits) = Sequential.Apply(current, config, x);
                return (current, F.softmax_cross_entropy(logits, y));
            });
            return (state, weights);
        };

        var (plain, chains) = (Jit.Compile(step, donate: [0, 1], backend: Backend.TorchScript), Jit.Compile(step, donate: [0, 1]));
        var (expected, expectedState) = (Copy(model), Copy(opt));
        for (var i = 0; i < 5; i++)
        {
            (expectedState, expected) = plain.Invoke(expectedState, expected, x, y);
            (opt, model) = chains.Invoke(opt, model, x, y);
        }

        StructureTree.MapParamsBuffers(
            (path, a, b) =>
            {
                OpCheck.AssertClose(a, b, 1e-4, path);
                return a;
            },
            expected, model);

        var kinds = KindsOf(chains.LastExecutable!);
        Assert.True(kinds.Count(kind => kind == Backend.VectorCode.Name) >= 3, string.Join(", ", kinds));
        Assert.Equal(Backend.TorchScript.Name, kinds[^1]);
        Assert.Contains("linear", chains.Script, StringComparison.Ordinal);
        Assert.DoesNotContain("gelu", chains.Script, StringComparison.Ordinal);
    }

    [Fact]
    public void AFailureInTheMiddleLeavesWhatWasGivenAway()
    {
        using var costs = MachineCosts.Scope(s_costs);
        var compiled = Jit.Compile(
            (Tensor state, Tensor index) =>
            {
                var picked = F.index_select(F.erfinv(F.tanh(state) * 0.5), 0, index);
                return state + F.sin(F.exp(picked) + 1).sum();
            },
            donate: [0]);
        var (state, good) = (F.full([512, 512], 0.5), F.arange(512));
        Assert.Throws<NativeOpException>(() => compiled.Invoke(state, good + 1));
        Assert.Equal(0.5f, state.ToArray<float>()[^1]);
        Assert.IsType<StagedExecutable>(compiled.LastExecutable);
        var result = compiled.Invoke(state, good);
        Assert.Throws<DonatedTensorException>(() => state.ToArray<float>());
        Assert.Equal(512 * 512, result.ToArray<float>().Length);
    }

    [Fact]
    public void WhereLittleIsGainedOneCallRemains()
    {
        static Tensor Function(Tensor x) => F.tanh(F.erfinv(F.sin(F.exp(x) * 0.1) * 0.5) + x) * 2;
        void AssertIsOneCall(Tensor x)
        {
            var compiled = Jit.Compile((Tensor x) => Function(x));
            compiled.Invoke(x);
            Assert.IsType<TorchScriptExecutable>(compiled.LastExecutable);
        }

        AssertIsOneCall(F.zeros([512, 512]));
        using var costs = MachineCosts.Scope(s_costs);
        AssertIsOneCall(F.zeros([64, 64]));
        AssertIsOneCall(F.zeros([512, 512], DType.BFloat16));
        using var off = CompilerPasses.Disable("fused chains");
        AssertIsOneCall(F.zeros([512, 512]));
    }

    [Fact]
    public void WhereProductsTakeMostOfTheTimeOneCallRemains()
    {
        using var costs = MachineCosts.Scope(s_costs);
        var compiled = Jit.Compile((Tensor x) => F.matmul(F.gelu(F.matmul(x, x)), x), backend: s_chains);
        compiled.Invoke(F.ones([1024, 1024]));
        Assert.IsType<TorchScriptExecutable>(compiled.LastExecutable);
    }

    [Fact]
    public void APassAloneStaysInLibtorch()
    {
        using var costs = MachineCosts.Scope(s_costs);
        var compiled = Jit.Compile((Tensor x) => F.erfinv(F.relu(F.erfinv(x))), backend: s_chains);
        compiled.Invoke(F.zeros([1024, 1024]));
        Assert.IsType<TorchScriptExecutable>(compiled.LastExecutable);
    }

    private static List<string> KindsOf(Executable executable) => [.. Assert.IsType<StagedExecutable>(executable).Code.Select(
        code => code.BackendName)];

    private static StructureTree Copy(StructureTree tree) => tree.MapParamsBuffers((_, leaf) => F.clone(leaf));
}
