using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>Attention and a perceptron, each behind a norm and added to what came in. Input and output [batch, positions, size].</summary>
[Module]
public partial class Gpt2Block
{
    /// <summary>Normalises what attention sees.</summary>
    [Submodule("ln_1")]
    public partial LayerNorm Norm1 { get; set; }

    /// <summary>Mixes positions.</summary>
    public partial Gpt2Attention Attn { get; set; }

    /// <summary>Normalises what the perceptron sees.</summary>
    [Submodule("ln_2")]
    public partial LayerNorm Norm2 { get; set; }

    /// <summary>The perceptron.</summary>
    public partial Gpt2Mlp Mlp { get; set; }

    /// <summary>A block with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public Gpt2Block(Gpt2Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Norm1 = new(config.NEmbd, config.LayerNormEpsilon);
        Attn = new(config);
        Norm2 = new(config.NEmbd, config.LayerNormEpsilon);
        Mlp = new(config);
    }

    /// <summary>Applies the block.</summary>
    /// <param name="x">[batch, positions, size].</param>
    /// <param name="added">What is added to scores, [batch, 1, positions, positions]; null for causal attention to all.</param>
    public Tensor Forward(Tensor x, Tensor? added = null)
    {
        x += Attn.Call(Norm1.Call(x), added);
        return x + Mlp.Call(Norm2.Call(x));
    }

    /// <summary>The same for new positions, whose keys and values join those of a cache.</summary>
    /// <param name="x">The new positions, [batch, positions, size].</param>
    /// <param name="step">Where they stand.</param>
    public Tensor Continue(Tensor x, KeyValueStep step)
    {
        x += Attn.Continue(Norm1.Call(x), step);
        return x + Mlp.Call(Norm2.Call(x));
    }
}
