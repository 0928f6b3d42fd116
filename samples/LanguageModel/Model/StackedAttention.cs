using Brachy;
using Brachy.NN;

namespace LanguageModel;

/// <summary>
/// A causal language model: embeddings of tokens and of positions are added, pass a stack of attention blocks, and a linear head
/// gives each next token a score.
/// </summary>
[Module]
public partial class StackedAttention
{
    /// <summary>A vector for each position, [positions, size].</summary>
    [Param]
    public partial Tensor PositionEmbedding { get; set; }

    /// <summary>A vector for each token.</summary>
    public partial Embedding TokenEmbedding { get; set; }

    /// <summary>The blocks.</summary>
    public partial ModuleList<AttentionBlock> Trunk { get; set; }

    /// <summary>From a position to a score for each token.</summary>
    public partial Linear Head { get; set; }

    /// <summary>Whether gradients compute again what is inside of blocks.</summary>
    [Static]
    public partial bool Rematerialize { get; set; }

    /// <summary>A network with random weights.</summary>
    /// <param name="settings">Its sizes.</param>
    public StackedAttention(ModelSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        PositionEmbedding = Rng.Normal([settings.MaxInputLength, settings.EmbedDim]);
        TokenEmbedding = new(settings.VocabSize, settings.EmbedDim);
        var blocks = new ModuleList<AttentionBlock>();
        for (var i = 0; i < settings.NumLayers; i++)
        {
            blocks.Add(new AttentionBlock(settings.EmbedDim, settings.NumHeads));
        }

        Trunk = blocks;
        Rematerialize = settings.Rematerialize;
        Head = new(settings.EmbedDim, settings.VocabSize);
    }

    /// <summary>Scores of the next token at each position. Input int64 [batch, positions], output [batch, positions, tokens].</summary>
    /// <exception cref="ShapeException">The input has other dims, or more positions than there are vectors for.</exception>
    public Tensor Forward(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.ndim != 2 || tokens.shape[1] > PositionEmbedding.shape[0])
        {
            throw new ShapeException($"StackedAttention: tokens must be [batch, positions] with at most {PositionEmbedding.shape[0]} "
                + $"positions, but are {tokens.Type}.");
        }

        // The sum takes the type of the tokens' vectors: with mixed precision the half one.
        var embedded = TokenEmbedding.Call(tokens);
        var x = embedded + F.narrow(PositionEmbedding, 0, 0, tokens.shape[1]).to(embedded.dtype);
        foreach (var block in Trunk)
        {
            x = Rematerialize ? Grad.Checkpoint((Tensor h) => block.Call(h))(x) : block.Call(x);
        }

        return Head.Call(x);
    }

    /// <summary>
    /// What the head is given for new tokens, int64 [batch, positions], that follow those that a cache has; and the head.
    /// </summary>
    internal (Tensor Positions, Linear Head) Continue(Tensor tokens, KeyValueStep step)
    {
        var x = TokenEmbedding.Call(tokens) + F.embedding(PositionEmbedding, step.Positions);
        foreach (var block in Trunk)
        {
            x = block.Continue(x, step);
        }

        return (x, Head);
    }
}
