namespace Brachy.Models.Text;

/// <summary>Attention and a perceptron, each added to what came in and normalised.</summary>
[Module]
public partial class BertLayer
{
    /// <summary>Mixes positions.</summary>
    public partial BertAttention Attention { get; set; }

    /// <summary>The inside of the perceptron.</summary>
    public partial BertIntermediate Intermediate { get; set; }

    /// <summary>Its end.</summary>
    public partial BertResidual Output { get; set; }

    /// <summary>A layer with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public BertLayer(BertConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Attention = new(config);
        Intermediate = new(config);
        Output = new(config.IntermediateSize, config);
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[batch, positions, size].</param>
    /// <param name="added">What is added to scores, [batch, 1, 1, positions]; null for nothing.</param>
    public Tensor Forward(Tensor x, Tensor? added = null)
    {
        x = Attention.Call(x, added);
        return Output.Call(Intermediate.Call(x), x);
    }
}
