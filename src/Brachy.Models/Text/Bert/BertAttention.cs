namespace Brachy.Models.Text;

/// <summary>Attention, and its end.</summary>
[Module]
public partial class BertAttention
{
    /// <summary>Mixes positions.</summary>
    [Submodule("self")]
    public partial BertSelfAttention Heads { get; set; }

    /// <summary>Mixes heads, and adds what came in.</summary>
    public partial BertResidual Output { get; set; }

    /// <summary>Attention with random projections.</summary>
    /// <param name="config">The sizes.</param>
    public BertAttention(BertConfig config)
    {
        Heads = new(config);
        Output = new(config.HiddenSize, config);
    }

    /// <summary>Applies it.</summary>
    /// <param name="x">[batch, positions, size].</param>
    /// <param name="added">What is added to scores, [batch, 1, 1, positions]; null for nothing.</param>
    public Tensor Forward(Tensor x, Tensor? added = null) => Output.Call(Heads.Call(x, added), x);
}
