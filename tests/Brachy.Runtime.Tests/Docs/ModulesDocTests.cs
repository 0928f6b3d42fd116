using Brachy.IO;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Docs;

/// <summary>A layer that adds noise in training; which noise, derived classes say.</summary>
[Module]
public abstract partial class NoiseLayer
{
    [Buffer]
    public partial RngKey Key { get; set; }

    [Static]
    public partial double Level { get; set; }

    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    protected NoiseLayer(double level) => (Key, Level) = (Rng.NextKey(), level);

    public Tensor Forward(Tensor x)
    {
        if (!TrainMode)
        {
            return x;
        }

        var keys = Rng.Split(Key);
        Key = keys[0];
        return x + (Draw(x.shape, keys[1]) * Level);
    }

    protected abstract Tensor Draw(Shape shape, RngKey key);
}

[Module]
public partial class GaussianNoise : NoiseLayer
{
    public GaussianNoise(double level = 0.1)
        : base(level)
    {
    }

    protected override Tensor Draw(Shape shape, RngKey key) => Rng.Normal(shape, key: key);
}

[Module]
public partial class ScaledLinear : Linear
{
    [Param]
    public partial Tensor Gain { get; set; }

    public ScaledLinear(long inFeatures, long outFeatures)
        : base(inFeatures, outFeatures) => Gain = F.ones([outFeatures]);

    public new Tensor Forward(Tensor x) => base.Forward(x) * Gain;
}

/// <summary>Each param moves by the sign of a running mean of its gradients.</summary>
[Module]
public partial class Signum : OptimizerModule
{
    [Param]
    public partial Tensor Momentum { get; set; }

    [Buffer]
    public partial StructureTree Mean { get; set; }

    public Signum(StructureTree model, double lr = 1e-3, double momentum = 0.9)
        : base(model, lr) => (Momentum, Mean) = (Setting(momentum), StateOf(model));

    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        var updated = UpdateEach(parameters, grads, [Mean], (p, g, state) =>
        {
            var mean = (state[0] * Momentum) + (g * (1 - Momentum));
            return [p - (Lr * F.sign(mean)), mean];
        });
        Mean = updated[1];
        return updated[0];
    }
}

/// <summary>The code of docs/modules.md.</summary>
public class ModulesDocTests
{
    [Fact]
    public void DerivedModulesAreLayersLikeOthers()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Sequential(new ScaledLinear(4, 8), new GaussianNoise(level: 0.5), new Linear(8, 2));
        var (trained, y) = Sequential.JitApply(model, config, F.ones([3, 4]));

        Assert.Equal(["0.weight", "0.bias", "0.gain", "1.key", "2.weight", "2.bias"], model.Tensors().Select(t => t.Path));
        Assert.Equal([3, 2], y.shape);
        Assert.NotEqual(model["1.key"].Tensor.ToArray<long>(), trained["1.key"].Tensor.ToArray<long>());
        var still = config.With("train_mode", false);
        Assert.Equal(
            Sequential.Apply(model, still, F.ones([3, 4])).Output.ToArray<float>(),
            Sequential.Apply(trained, still, F.ones([3, 4])).Output.ToArray<float>());
    }

    [Fact]
    public void AnOptimizerOfOnesOwnIsOneLikeOthers()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Linear(4, 1);
        var (optimizer, optConfig) = new ClipGradNorm(new Signum(model, lr: 0.01), maxNorm: 1);
        var step = Jit.Compile((StructureTree opt, StructureTree m, Tensor x) =>
        {
            var (newOpt, newModel, loss) = Optimizer.Step(opt, optConfig, m, current => Loss(current, config, x));
            return (newOpt, newModel, loss);
        });
        var before = model;
        (optimizer, model, var loss) = step.Invoke(optimizer, model, F.ones([8, 4]));

        Assert.Equal(["max_norm", "inner.lr", "inner.momentum"], optimizer.GetParams().Tensors().Select(t => t.Path));
        Assert.Equal(1, (double)optimizer["inner.step"].Tensor);
        Assert.All(
            before["weight"].Tensor.ToArray<float>().Zip(model["weight"].Tensor.ToArray<float>()),
            pair => Assert.Equal(0.01, Math.Abs(pair.First - pair.Second), 1e-6));
        for (var i = 0; i < 20; i++)
        {
            (optimizer, model, var last) = step.Invoke(optimizer, model, F.ones([8, 4]));
            loss = i == 19 ? last : loss;
        }

        Assert.Equal(1, step.TraceCount);
        Assert.True((double)loss < (double)Loss(before, config, F.ones([8, 4])).Loss);

        using var folder = new TemporaryFolder();
        Checkpoint.Save(folder["run"], ("opt", (optimizer, optConfig)));
        var (loaded, _) = Checkpoint.Load(folder["run"]).Tree("opt");
        Assert.Same(Signum.ApplyFunction, loaded.Submodules["inner"].ApplyFn);
        Assert.Equal(optimizer["inner.mean.weight"].Tensor.ToArray<float>(), loaded["inner.mean.weight"].Tensor.ToArray<float>());
    }

    [Fact]
    public void TheBaseOfOptimizersChecksWhatItIsGiven()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Linear(4, 1);
        Assert.Equal("lr", Assert.Throws<ArgumentOutOfRangeException>(() => new Signum(model, lr: -1)).ParamName);
        Assert.Equal("model", Assert.Throws<ArgumentNullException>(() => new Signum(null!)).ParamName);
        var (optimizer, optConfig) = new Signum(new Linear(3, 1).Tree);
        var error = Assert.Throws<ArgumentException>(
            () => Optimizer.Step(optimizer, optConfig, model, m => Loss(m, config, F.ones([8, 4]))));
        Assert.Contains("Make the optimizer anew", error.Message, StringComparison.Ordinal);
    }

    private static (StructureTree Model, Tensor Loss) Loss(StructureTree model, GlobalConfig config, Tensor x)
    {
        var (after, y) = Linear.Apply(model, config, x);
        return (after, F.square(y - 1).mean());
    }
}
