using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>The end of a part of a layer: a projection is added to what came in, and the sum is normalised.</summary>
[Module]
public partial class BertResidual
{
    /// <summary>The projection.</summary>
    public partial Linear Dense { get; set; }

    /// <summary>Normalises the sum.</summary>
    [Submodule("LayerNorm")]
    public partial LayerNorm Norm { get; set; }

    /// <summary>Dropout of the projection in training; null when the probability is 0.</summary>
    public partial Dropout? Dropout { get; set; }

    /// <summary>A projection with random weights.</summary>
    /// <param name="inputs">The size of what is projected.</param>
    /// <param name="config">The other sizes.</param>
    public BertResidual(long inputs, BertConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Dense = new(inputs, config.HiddenSize);
        Norm = new(config.HiddenSize, config.LayerNormEps);
        Dropout = config.HiddenDropoutProb > 0 ? new(config.HiddenDropoutProb) : null;
    }

    /// <summary>Applies it.</summary>
    /// <param name="x">What is projected, [batch, positions, inputs].</param>
    /// <param name="residual">What it is added to, [batch, positions, size].</param>
    public Tensor Forward(Tensor x, Tensor residual)
    {
        var y = Dense.Call(x);
        return Norm.Call((Dropout is null ? y : Dropout.Call(y)) + residual);
    }
}
