using Brachy;
using Brachy.NN;

namespace LanguageModel;

/// <summary>A pre-norm block: norm, causal attention and a small perceptron, added to what came in.</summary>
[Module]
public partial class AttentionBlock
{
    /// <summary>Normalises what attention sees.</summary>
    public partial LayerNorm Ln { get; set; }

    /// <summary>Mixes positions with earlier ones.</summary>
    public partial CausalSelfAttention SelfAttention { get; set; }

    /// <summary>To twice the size.</summary>
    public partial Linear ExpandFc { get; set; }

    /// <summary>Back to the size.</summary>
    public partial Linear ContractFc { get; set; }

    /// <summary>A block.</summary>
    /// <param name="embedDim">The size of a position.</param>
    /// <param name="numHeads">The heads of attention.</param>
    public AttentionBlock(int embedDim, int numHeads)
    {
        Ln = new(embedDim);
        SelfAttention = new(embedDim, numHeads);
        ExpandFc = new(embedDim, 2 * embedDim);
        ContractFc = new(2 * embedDim, embedDim);
    }

    /// <summary>Applies the block. Input and output [batch, positions, size].</summary>
    public Tensor Forward(Tensor x) => x + AfterAttention(SelfAttention.Call(Ln.Call(x)));

    /// <summary>Applies the block to new positions, [batch, positions, size], which see those that a cache has.</summary>
    internal Tensor Continue(Tensor x, KeyValueStep step) => x + AfterAttention(SelfAttention.Continue(Ln.Call(x), step));

    private Tensor AfterAttention(Tensor x) => ContractFc.Call(F.gelu(ExpandFc.Call(F.gelu(x))));
}
