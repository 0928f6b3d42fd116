using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>What a classifier is given: the first position, projected.</summary>
[Module]
public partial class BertPooler
{
    /// <summary>The projection.</summary>
    public partial Linear Dense { get; set; }

    /// <summary>A projection with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public BertPooler(BertConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Dense = new(config.HiddenSize, config.HiddenSize);
    }

    /// <summary>Applies it. Input [batch, positions, size], output [batch, size].</summary>
    public Tensor Forward(Tensor x) => F.tanh(Dense.Call(F.select(x, 1, 0)));
}
