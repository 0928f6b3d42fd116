namespace Brachy.NN;

/// <summary>min(max(x, 0), 6), elementwise; see <see cref="F.relu6"/>.</summary>
[Module]
public partial class ReLU6
{
    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.relu6(x);
}

/// <summary>x where it is positive, otherwise x times a small slope; see <see cref="F.leaky_relu"/>.</summary>
[Module]
public partial class LeakyReLU
{
    /// <summary>The slope below 0.</summary>
    [Static]
    public partial double NegativeSlope { get; set; }

    /// <summary>A leaky rectifier.</summary>
    /// <param name="negativeSlope">The slope below 0.</param>
    public LeakyReLU(double negativeSlope = 0.01) => NegativeSlope = negativeSlope;

    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.leaky_relu(x, NegativeSlope);
}

/// <summary>x where it is positive, otherwise x times a learned slope; see <see cref="F.prelu"/>.</summary>
[Module]
public partial class PReLU
{
    /// <summary>The slopes below 0, [num_parameters].</summary>
    [Param]
    public partial Tensor Weight { get; set; }

    /// <summary>A rectifier that learns its slope.</summary>
    /// <param name="numParameters">1, or the number of channels: the size of dim 1 of the input.</param>
    /// <param name="init">The slope to begin with.</param>
    /// <param name="dtype">The element type of the slopes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public PReLU(long numParameters = 1, double init = 0.25, DType dtype = DType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numParameters);
        Weight = F.full([numParameters], init, dtype);
    }

    /// <summary>Applies the function. Any shape, floating-point.</summary>
    /// <exception cref="ShapeException">There are several slopes, and dim 1 of <paramref name="x"/> has another size.</exception>
    public Tensor Forward(Tensor x) => F.prelu(x, Weight);
}

/// <summary>x where it is above a threshold, otherwise a fixed value; see <see cref="F.threshold"/>.</summary>
[Module]
public partial class Threshold
{
    /// <summary>What x must exceed to stay.</summary>
    [Static]
    public partial double Limit { get; set; }

    /// <summary>What stands in for the rest.</summary>
    [Static]
    public partial double Value { get; set; }

    /// <summary>A threshold.</summary>
    /// <param name="threshold">What x must exceed to stay.</param>
    /// <param name="value">What stands in for the rest.</param>
    public Threshold(double threshold, double value) => (Limit, Value) = (threshold, value);

    /// <summary>Applies the function. Any shape.</summary>
    public Tensor Forward(Tensor x) => F.threshold(x, Limit, Value);
}
