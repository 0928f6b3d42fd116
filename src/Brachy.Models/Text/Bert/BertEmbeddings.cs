using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>The sum of what stands for token, position and kind of token, normalised.</summary>
[Module]
public partial class BertEmbeddings
{
    /// <summary>A vector for each token.</summary>
    public partial Embedding WordEmbeddings { get; set; }

    /// <summary>A vector for each position.</summary>
    public partial Embedding PositionEmbeddings { get; set; }

    /// <summary>A vector for each kind of token.</summary>
    public partial Embedding TokenTypeEmbeddings { get; set; }

    /// <summary>Normalises the sum.</summary>
    [Submodule("LayerNorm")]
    public partial LayerNorm Norm { get; set; }

    /// <summary>Dropout in training; null when the probability is 0.</summary>
    public partial Dropout? Dropout { get; set; }

    /// <summary>Embeddings with random vectors.</summary>
    /// <param name="config">The sizes.</param>
    public BertEmbeddings(BertConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        WordEmbeddings = new(config.VocabSize, config.HiddenSize);
        PositionEmbeddings = new(config.MaxPositionEmbeddings, config.HiddenSize);
        TokenTypeEmbeddings = new(config.TypeVocabSize, config.HiddenSize);
        Norm = new(config.HiddenSize, config.LayerNormEps);
        Dropout = config.HiddenDropoutProb > 0 ? new(config.HiddenDropoutProb) : null;
    }

    /// <summary>Embeds tokens.</summary>
    /// <param name="inputIds">int64 or int32 [batch, positions].</param>
    /// <param name="tokenTypeIds">The kinds, in the same shape; kind 0 by default.</param>
    /// <returns>[batch, positions, size].</returns>
    public Tensor Forward(Tensor inputIds, Tensor? tokenTypeIds = null)
    {
        ArgumentNullException.ThrowIfNull(inputIds);
        var positions = F.narrow(PositionEmbeddings.Weight, 0, 0, inputIds.shape[1]);
        var types = tokenTypeIds is null ? F.narrow(TokenTypeEmbeddings.Weight, 0, 0, 1) : TokenTypeEmbeddings.Call(tokenTypeIds);
        var x = Norm.Call(WordEmbeddings.Call(inputIds) + types + positions);
        return Dropout is null ? x : Dropout.Call(x);
    }
}
