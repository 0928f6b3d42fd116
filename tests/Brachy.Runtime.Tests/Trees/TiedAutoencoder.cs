using Brachy.Optim;

namespace Brachy.Tests.Trees;

/// <summary>y = f(x W or x Wᵀ) with a bias.</summary>
[Module]
public partial class Projection
{
    [Param]
    public partial Tensor Weight { get; set; }

    [Param]
    public partial Tensor Bias { get; set; }

    [Static]
    public partial bool Transposed { get; set; }

    public Projection(long outputs, Tensor weight, bool transposed)
    {
        Weight = weight;
        Bias = F.zeros([outputs], DType.Float64);
        Transposed = transposed;
    }

    public Tensor Forward(Tensor x) => x.matmul(Transposed ? Weight.transpose(0, 1) : Weight) + Bias;
}

/// <summary>An encoder and a decoder that share one weight, [6, 4].</summary>
[Module]
public partial class TiedAutoencoder
{
    public partial Projection Encoder { get; set; }

    public partial Projection Decoder { get; set; }

    public TiedAutoencoder(Tensor weight)
    {
        Encoder = new(4, weight, transposed: false);
        Decoder = new(6, weight, transposed: true);
    }

    public Tensor Forward(Tensor x) => Decoder.Call(F.tanh(Encoder.Call(x)));

    /// <summary>A tree, and a batch to reconstruct.</summary>
    public static (StructureTree Model, GlobalConfig Config, Tensor X) Make()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new TiedAutoencoder(Rng.Normal([6, 4], DType.Float64) * 0.5);
        return (model, config, Rng.Normal([16, 6], DType.Float64));
    }

    public static (StructureTree Opt, StructureTree Model, Tensor Loss) Step(
        StructureTree opt, GlobalConfig optConfig, StructureTree model, GlobalConfig config, Tensor x) =>
        Optimizer.Step(opt, optConfig, model, current =>
        {
            (current, var y) = Apply(current, config, x);
            return (current, F.mse_loss(y, x));
        });
}

/// <summary>The same function with a single param for the weight: what sharing must come to.</summary>
[Module]
public partial class OneWeightAutoencoder
{
    [Param]
    public partial Tensor Weight { get; set; }

    [Param]
    public partial Tensor EncoderBias { get; set; }

    [Param]
    public partial Tensor DecoderBias { get; set; }

    public OneWeightAutoencoder(Tensor weight) =>
        (Weight, EncoderBias, DecoderBias) = (weight, F.zeros([4], DType.Float64), F.zeros([6], DType.Float64));

    public Tensor Forward(Tensor x) => F.tanh(x.matmul(Weight) + EncoderBias).matmul(Weight.transpose(0, 1)) + DecoderBias;
}
