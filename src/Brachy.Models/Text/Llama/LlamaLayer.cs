using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>Attention and a perceptron, each behind a norm and added to what came in. Input and output [batch, positions, size].</summary>
[Module]
public partial class LlamaLayer
{
    /// <summary>Normalises what attention sees.</summary>
    [Submodule("input_layernorm")]
    public partial RmsNorm InputNorm { get; set; }

    /// <summary>Mixes positions.</summary>
    [Submodule("self_attn")]
    public partial LlamaAttention Attention { get; set; }

    /// <summary>Normalises what the perceptron sees.</summary>
    [Submodule("post_attention_layernorm")]
    public partial RmsNorm InnerNorm { get; set; }

    /// <summary>The perceptron.</summary>
    public partial LlamaMlp Mlp { get; set; }

    /// <summary>A layer with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public LlamaLayer(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        InputNorm = new(config.HiddenSize, config.RmsNormEps);
        Attention = new(config);
        InnerNorm = new(config.HiddenSize, config.RmsNormEps);
        Mlp = new(config);
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[batch, positions, size].</param>
    /// <param name="added">What is added to scores, [batch, 1, positions, positions]; null for causal attention to all.</param>
    public Tensor Forward(Tensor x, Tensor? added = null)
    {
        x += Attention.Call(InputNorm.Call(x), added);
        return x + Mlp.Call(InnerNorm.Call(x));
    }

    /// <summary>The same for new positions, whose keys and values join those of a cache.</summary>
    /// <param name="x">The new positions, [batch, positions, size].</param>
    /// <param name="step">Where they stand.</param>
    public Tensor Continue(Tensor x, KeyValueStep step)
    {
        x += Attention.Continue(InputNorm.Call(x), step);
        return x + Mlp.Call(InnerNorm.Call(x));
    }
}
