namespace Brachy.NN;

/// <summary>x where it is positive, otherwise alpha (e^x - 1); see <see cref="F.elu(Tensor, double)"/>.</summary>
[Module]
public partial class ELU
{
    /// <summary>Minus the limit on the left.</summary>
    [Static]
    public partial double Alpha { get; set; }

    /// <summary>An exponential linear unit.</summary>
    /// <param name="alpha">Minus the limit on the left.</param>
    public ELU(double alpha = 1) => Alpha = alpha;

    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.elu(x, Alpha);
}

/// <summary>A scaled exponential linear unit, which keeps mean 0 and variance 1; see <see cref="F.selu"/>.</summary>
[Module]
public partial class SELU
{
    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.selu(x);
}

/// <summary>x where it is positive, otherwise alpha (e^(x/alpha) - 1); see <see cref="F.celu"/>.</summary>
[Module]
public partial class CELU
{
    /// <summary>Minus the limit on the left.</summary>
    [Static]
    public partial double Alpha { get; set; }

    /// <summary>An exponential linear unit with a continuous gradient.</summary>
    /// <param name="alpha">Minus the limit on the left; not 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is 0.</exception>
    public CELU(double alpha = 1)
    {
        ArgumentOutOfRangeException.ThrowIfZero(alpha);
        Alpha = alpha;
    }

    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.celu(x, Alpha);
}

/// <summary>log(1 + e^(beta x)) / beta; see <see cref="F.softplus"/>.</summary>
[Module]
public partial class Softplus
{
    /// <summary>How sharp the bend is.</summary>
    [Static]
    public partial double Beta { get; set; }

    /// <summary>Where beta x is above it, the result is x.</summary>
    [Static]
    public partial double Threshold { get; set; }

    /// <summary>A smooth rectifier.</summary>
    /// <param name="beta">How sharp the bend is.</param>
    /// <param name="threshold">Where beta x is above it, the result is x.</param>
    public Softplus(double beta = 1, double threshold = 20) => (Beta, Threshold) = (beta, threshold);

    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.softplus(x, Beta, Threshold);
}
