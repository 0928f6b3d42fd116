namespace Brachy.NN;

/// <summary>x times the normal distribution function of x; see <see cref="F.gelu"/>.</summary>
[Module]
public partial class GELU
{
    /// <summary><c>none</c> or <c>tanh</c>.</summary>
    [Static]
    public partial string Approximate { get; set; }

    /// <summary>A Gaussian error linear unit.</summary>
    /// <param name="approximate"><c>none</c> for the exact function, <c>tanh</c> for an approximation.</param>
    /// <exception cref="ArgumentException"><paramref name="approximate"/> is neither.</exception>
    public GELU(string approximate = "none") => Approximate = approximate is "none" or "tanh"
        ? approximate
        : throw new ArgumentException($"GELU: approximate must be \"none\" or \"tanh\", but is \"{approximate}\".", nameof(approximate));

    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.gelu(x, Approximate);
}

/// <summary>x * sigmoid(x), also called swish; see <see cref="F.silu"/>.</summary>
[Module]
public partial class SiLU
{
    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.silu(x);
}

/// <summary>x * tanh(softplus(x)); see <see cref="F.mish"/>.</summary>
[Module]
public partial class Mish
{
    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.mish(x);
}

/// <summary>The first half of x times the sigmoid of the second half; see <see cref="F.glu"/>.</summary>
[Module]
public partial class GLU
{
    /// <summary>The dim that is halved.</summary>
    [Static]
    public partial long Dim { get; set; }

    /// <summary>A gated linear unit.</summary>
    /// <param name="dim">The dim that is halved.</param>
    public GLU(long dim = -1) => Dim = dim;

    /// <summary>Applies the function. The dim has an even size, which is halved.</summary>
    public Tensor Forward(Tensor x) => F.glu(x, Dim);
}
