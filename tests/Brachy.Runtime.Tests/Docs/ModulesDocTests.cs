using Brachy.NN;

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
            Sequential.Apply(model, still, F.ones([3, 4])).Output.ToArray<float>(), Sequential.Apply(trained, still, F.ones([3, 4])).Output.ToArray<float>());
    }
}
