using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>Llama without its output layer, with the names of Hugging Face's <c>LlamaModel</c>.</summary>
[Module]
public partial class LlamaModel
{
    /// <summary>A vector for each token.</summary>
    [Submodule("embed_tokens")]
    public partial Embedding Tokens { get; set; }

    /// <summary>The layers.</summary>
    public partial ModuleList<LlamaLayer> Layers { get; set; }

    /// <summary>Normalises what comes out.</summary>
    public partial RmsNorm Norm { get; set; }

    /// <summary>A model with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public LlamaModel(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Tokens = new(config.VocabSize, config.HiddenSize);
        Layers = new([.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new LlamaLayer(config))]);
        Norm = new(config.HiddenSize, config.RmsNormEps);
    }

    /// <summary>Applies the model.</summary>
    /// <param name="inputIds">The tokens, int64 or int32 [batch, positions].</param>
    /// <param name="attentionMask">
    /// Which of them count: bool, or numbers that are not 0, in the same shape; all by default. Positions are counted from the start; since
    /// only distances matter to Llama, padding may be on either side.
    /// </param>
    /// <returns>[batch, positions, size].</returns>
    /// <exception cref="ShapeException">A shape does not fit.</exception>
    /// <exception cref="DTypeException">The tokens are no integers.</exception>
    public Tensor Forward(Tensor inputIds, Tensor? attentionMask = null)
    {
        TokenMask.RequireTokens(nameof(Llama), inputIds, long.MaxValue);
        var x = Tokens.Call(inputIds);
        Tensor? added = null;
        if (attentionMask is not null)
        {
            TokenMask.RequireLike(nameof(Llama), attentionMask, inputIds, nameof(attentionMask));
            added = CausalHeads.Added(attentionMask, x.dtype);
        }

        foreach (var layer in Layers)
        {
            x = layer.Call(x, added);
        }

        return Norm.Call(x);
    }

    /// <summary>The same for new tokens behind those of a cache.</summary>
    /// <param name="inputIds">The new tokens, int64 or int32 [batch, positions].</param>
    /// <param name="step">Where they stand.</param>
    /// <returns>[batch, positions, size].</returns>
    public Tensor Continue(Tensor inputIds, KeyValueStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        TokenMask.RequireTokens(nameof(Llama), inputIds, long.MaxValue);
        var x = Tokens.Call(inputIds);
        foreach (var layer in Layers)
        {
            x = layer.Continue(x, step);
        }

        return Norm.Call(x);
    }
}
