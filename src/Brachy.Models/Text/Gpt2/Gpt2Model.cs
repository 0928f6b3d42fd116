using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>GPT-2 without its output layer, with the names of Hugging Face's <c>GPT2Model</c>.</summary>
[Module]
public partial class Gpt2Model
{
    /// <summary>A vector for each token.</summary>
    [Submodule("wte")]
    public partial Embedding Tokens { get; set; }

    /// <summary>A vector for each position.</summary>
    [Submodule("wpe")]
    public partial Embedding Positions { get; set; }

    /// <summary>Dropout of embeddings in training; null when the probability is 0.</summary>
    [Submodule("drop")]
    public partial Dropout? Dropout { get; set; }

    /// <summary>The blocks.</summary>
    [Submodule("h")]
    public partial ModuleList<Gpt2Block> Blocks { get; set; }

    /// <summary>Normalises what comes out.</summary>
    [Submodule("ln_f")]
    public partial LayerNorm Norm { get; set; }

    /// <summary>The number of heads.</summary>
    [Static]
    public partial long NumHeads { get; set; }

    /// <summary>A model with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public Gpt2Model(Gpt2Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Tokens = new(config.VocabSize, config.NEmbd);
        Positions = new(config.NPositions, config.NEmbd);
        Dropout = config.EmbdPdrop > 0 ? new(config.EmbdPdrop) : null;
        Blocks = new([.. Enumerable.Range(0, config.NLayer).Select(_ => new Gpt2Block(config))]);
        Norm = new(config.NEmbd, config.LayerNormEpsilon);
        NumHeads = config.NHead;
    }

    /// <summary>Applies the model.</summary>
    /// <param name="inputIds">The tokens, int64 or int32 [batch, positions].</param>
    /// <param name="attentionMask">
    /// Which of them count: bool, or numbers that are not 0, in the same shape; all by default. Positions are counted from the start, so
    /// that padding belongs to the end.
    /// </param>
    /// <returns>[batch, positions, size].</returns>
    /// <exception cref="ShapeException">A shape does not fit, or there are too many positions.</exception>
    /// <exception cref="DTypeException">The tokens are no integers.</exception>
    public Tensor Forward(Tensor inputIds, Tensor? attentionMask = null)
    {
        TokenMask.RequireTokens(nameof(Gpt2), inputIds, Positions.Weight.shape[0]);
        var x = Embed(inputIds, F.narrow(Positions.Weight, 0, 0, inputIds.shape[1]));
        Tensor? added = null;
        if (attentionMask is not null)
        {
            TokenMask.RequireLike(nameof(Gpt2), attentionMask, inputIds, nameof(attentionMask));
            added = CausalHeads.Added(attentionMask, x.dtype);
        }

        foreach (var block in Blocks)
        {
            x = block.Call(x, added);
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
        TokenMask.RequireTokens(nameof(Gpt2), inputIds, Positions.Weight.shape[0]);
        var x = Embed(inputIds, Positions.Call(F.clamp(step.Positions, max: Positions.Weight.shape[0] - 1)));
        foreach (var block in Blocks)
        {
            x = block.Continue(x, step);
        }

        return Norm.Call(x);
    }

    private Tensor Embed(Tensor inputIds, Tensor positions)
    {
        var x = Tokens.Call(inputIds) + positions;
        return Dropout is null ? x : Dropout.Call(x);
    }
}
