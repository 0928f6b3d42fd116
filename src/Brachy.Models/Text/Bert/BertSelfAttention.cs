using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>Attention of several heads in which each position sees all that count. Input and output [batch, positions, size].</summary>
[Module]
public partial class BertSelfAttention
{
    /// <summary>Makes queries.</summary>
    public partial Linear Query { get; set; }

    /// <summary>Makes keys.</summary>
    [Submodule("key")]
    public partial Linear KeyProjection { get; set; }

    /// <summary>Makes values.</summary>
    public partial Linear Value { get; set; }

    /// <summary>Where the next mask of attention weights comes from; null when the probability is 0.</summary>
    [Buffer("dropout_key")]
    public partial RngKey? DropoutKey { get; set; }

    /// <summary>The number of heads.</summary>
    [Static]
    public partial long NumHeads { get; set; }

    /// <summary>The probability with which attention weights are set to zero in training.</summary>
    [Static]
    public partial double P { get; set; }

    /// <summary>Whether the model trains.</summary>
    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    /// <summary>Attention with random projections.</summary>
    /// <param name="config">The sizes.</param>
    /// <exception cref="ArgumentException">The heads do not divide the size.</exception>
    public BertSelfAttention(BertConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.NumAttentionHeads < 1 || config.HiddenSize % config.NumAttentionHeads != 0)
        {
            throw new ArgumentException(
                $"The {config.NumAttentionHeads} heads do not divide the size {config.HiddenSize} of a position.", nameof(config));
        }

        Query = new(config.HiddenSize, config.HiddenSize);
        KeyProjection = new(config.HiddenSize, config.HiddenSize);
        Value = new(config.HiddenSize, config.HiddenSize);
        DropoutKey = config.AttentionProbsDropoutProb > 0 ? Rng.NextKey() : null;
        NumHeads = config.NumAttentionHeads;
        P = config.AttentionProbsDropoutProb;
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[batch, positions, size].</param>
    /// <param name="added">What is added to scores, [batch, 1, 1, positions]; null for nothing.</param>
    public Tensor Forward(Tensor x, Tensor? added = null)
    {
        RngKey? mask = null;
        if (TrainMode && DropoutKey is { } key)
        {
            var keys = Rng.Split(key);
            (DropoutKey, mask) = (keys[0], keys[1]);
        }

        var y = F.scaled_dot_product_attention(
            Heads(Query.Call(x)), Heads(KeyProjection.Call(x)), Heads(Value.Call(x)), added, mask is null ? 0 : P, dropout_key: mask);
        return F.flatten(F.transpose(y, 1, 2), 2);
    }

    private Tensor Heads(Tensor x) => F.transpose(F.unflatten(x, -1, NumHeads, x.shape[^1] / NumHeads), 1, 2);
}
