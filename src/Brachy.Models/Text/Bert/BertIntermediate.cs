using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>The inside of a perceptron: a projection and an activation.</summary>
[Module]
public partial class BertIntermediate
{
    /// <summary>The projection.</summary>
    public partial Linear Dense { get; set; }

    /// <summary>The name of the activation; see <see cref="BertConfig.HiddenAct"/>.</summary>
    [Static]
    public partial string Activation { get; set; }

    /// <summary>A projection with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public BertIntermediate(BertConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Dense = new(config.HiddenSize, config.IntermediateSize);
        Activation = TextActivation.Require(config.HiddenAct);
    }

    /// <summary>Applies it. Input [batch, positions, size], output [batch, positions, inner size].</summary>
    public Tensor Forward(Tensor x) => TextActivation.Apply(Activation, Dense.Call(x));
}
