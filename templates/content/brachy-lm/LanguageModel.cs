using Brachy;
using Brachy.NN;

/// <summary>Characters and their positions as vectors, blocks of causal attention, and scores of the next character.</summary>
[Module]
public partial class LanguageModel
{
    public partial Embedding Characters { get; set; }
    [Param] public partial Tensor Positions { get; set; }
    public partial ModuleList<Block> Blocks { get; set; }
    public partial LayerNorm Norm { get; set; }
    public partial Linear Head { get; set; }

    public LanguageModel(int characters, int context, int size, int heads, int layers)
    {
        Characters = new(characters, size);
        Positions = 0.02 * Rng.Normal([context, size]);
        var blocks = new ModuleList<Block>();
        for (var i = 0; i < layers; i++)
        {
            blocks.Add(new Block(size, heads));
        }

        Blocks = blocks;
        Norm = new(size);
        Head = new(size, characters);
    }

    /// <summary>Input int64 [batch, positions], output [batch, positions, characters].</summary>
    public Tensor Forward(Tensor codes)
    {
        var x = Characters.Call(codes) + F.narrow(Positions, 0, 0, codes.shape[1]);
        foreach (var block in Blocks)
        {
            x = block.Call(x);
        }

        return Head.Call(Norm.Call(x));
    }
}

/// <summary>Attention to earlier positions, then a small perceptron; each is added to what came in.</summary>
[Module]
public partial class Block
{
    public partial LayerNorm AttentionNorm { get; set; }
    public partial CausalSelfAttention Attention { get; set; }
    public partial LayerNorm Norm { get; set; }
    public partial Linear Expand { get; set; }
    public partial Linear Contract { get; set; }

    public Block(int size, int heads)
    {
        AttentionNorm = new(size);
        Attention = new(size, heads);
        Norm = new(size);
        Expand = new(size, 4 * size);
        Contract = new(4 * size, size);
    }

    public Tensor Forward(Tensor x)
    {
        x = x + Attention.Call(AttentionNorm.Call(x));
        return x + Contract.Call(F.gelu(Expand.Call(Norm.Call(x))));
    }
}
