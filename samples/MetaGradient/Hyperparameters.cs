using Brachy;

namespace MetaGradient;

/// <summary>
/// The learning rate, momentum and weight decay of SGD as trained params. They are kept as logarithm and logit, so that any value
/// is a legal setting and a step changes them by a share of themselves.
/// </summary>
[Module]
public partial class Hyperparameters
{
    /// <summary>The logarithm of the learning rate.</summary>
    [Param]
    public partial Tensor LogLr { get; set; }

    /// <summary>The momentum m as log(m / (1 - m)).</summary>
    [Param]
    public partial Tensor LogitMomentum { get; set; }

    /// <summary>The logarithm of the weight decay.</summary>
    [Param]
    public partial Tensor LogWeightDecay { get; set; }

    /// <summary>Starts from values set by hand.</summary>
    /// <param name="values">The values.</param>
    public Hyperparameters(SgdSettings values)
    {
        LogLr = F.full([], Math.Log(values.Lr), DType.Float64);
        LogitMomentum = F.full([], Math.Log(values.Momentum / (1 - values.Momentum)), DType.Float64);
        LogWeightDecay = F.full([], Math.Log(values.WeightDecay), DType.Float64);
    }

    /// <summary>An optimizer's tree with these values in place of its own: they are params of that tree.</summary>
    public StructureTree Forward(StructureTree sgd) => sgd
        .At("lr").Set(F.exp(LogLr))
        .At("momentum").Set(F.sigmoid(LogitMomentum))
        .At("weight_decay").Set(F.exp(LogWeightDecay));

    /// <summary>The values.</summary>
    public SgdSettings Read() => new((double)F.exp(LogLr), (double)F.sigmoid(LogitMomentum), (double)F.exp(LogWeightDecay));
}

/// <summary>Settings of stochastic gradient descent.</summary>
/// <param name="Lr">The learning rate.</param>
/// <param name="Momentum">How much of the last update is kept.</param>
/// <param name="WeightDecay">The L2 penalty.</param>
public readonly record struct SgdSettings(double Lr, double Momentum, double WeightDecay);
