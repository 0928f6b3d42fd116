using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>The layers, one after the other.</summary>
[Module]
public partial class BertEncoder
{
    /// <summary>The layers.</summary>
    public partial ModuleList<BertLayer> Layer { get; set; }

    /// <summary>Layers with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public BertEncoder(BertConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Layer = new([.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new BertLayer(config))]);
    }

    /// <summary>Applies the layers.</summary>
    /// <param name="x">[batch, positions, size].</param>
    /// <param name="added">What is added to scores, [batch, 1, 1, positions]; null for nothing.</param>
    public Tensor Forward(Tensor x, Tensor? added = null)
    {
        foreach (var layer in Layer)
        {
            x = layer.Call(x, added);
        }

        return x;
    }
}
