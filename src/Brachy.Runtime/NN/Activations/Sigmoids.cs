namespace Brachy.NN;

/// <summary>1 / (1 + e^-x), elementwise.</summary>
[Module]
public partial class Sigmoid
{
    /// <summary>Applies the function. Any shape.</summary>
    public Tensor Forward(Tensor x) => F.sigmoid(x);
}

/// <summary>log(sigmoid(x)), elementwise; see <see cref="F.logsigmoid"/>.</summary>
[Module]
public partial class LogSigmoid
{
    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.logsigmoid(x);
}

/// <summary>The hyperbolic tangent, elementwise.</summary>
[Module]
public partial class Tanh
{
    /// <summary>Applies the function. Any shape.</summary>
    public Tensor Forward(Tensor x) => F.tanh(x);
}

/// <summary>x - tanh(x), elementwise.</summary>
[Module]
public partial class Tanhshrink
{
    /// <summary>Applies the function. Any shape.</summary>
    public Tensor Forward(Tensor x) => F.tanhshrink(x);
}

/// <summary>x / (1 + |x|), elementwise.</summary>
[Module]
public partial class Softsign
{
    /// <summary>Applies the function. Any shape.</summary>
    public Tensor Forward(Tensor x) => F.softsign(x);
}
