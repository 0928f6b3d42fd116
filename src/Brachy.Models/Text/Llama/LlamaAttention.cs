using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>
/// Attention in which each position sees itself and earlier ones, turned by their places; heads of keys and values may serve several of
/// queries. Input and output [batch, positions, size].
/// </summary>
[Module]
public partial class LlamaAttention
{
    /// <summary>Makes queries.</summary>
    [Submodule("q_proj")]
    public partial Linear Query { get; set; }

    /// <summary>Makes keys.</summary>
    [Submodule("k_proj")]
    public partial Linear KeyProjection { get; set; }

    /// <summary>Makes values.</summary>
    [Submodule("v_proj")]
    public partial Linear Value { get; set; }

    /// <summary>Mixes the heads.</summary>
    [Submodule("o_proj")]
    public partial Linear Output { get; set; }

    /// <summary>Turns queries and keys.</summary>
    [Submodule("rotary_emb")]
    public partial RotaryEmbedding Rotary { get; set; }

    /// <summary>Where the next mask of attention weights comes from; null when the probability is 0.</summary>
    [Buffer]
    public partial RngKey? Key { get; set; }

    /// <summary>Heads of queries.</summary>
    [Static]
    public partial long NumHeads { get; set; }

    /// <summary>Heads of keys and values.</summary>
    [Static]
    public partial long NumKeyValueHeads { get; set; }

    /// <summary>The probability with which attention weights are set to zero in training.</summary>
    [Static]
    public partial double P { get; set; }

    /// <summary>Whether the model trains.</summary>
    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    /// <summary>Attention with random projections.</summary>
    /// <param name="config">The sizes.</param>
    /// <exception cref="ArgumentException">The heads do not fit each other.</exception>
    public LlamaAttention(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Problem() is { } problem)
        {
            throw new ArgumentException($"The configuration {problem}.", nameof(config));
        }

        var head = config.SizeOfHead;
        Query = new(config.HiddenSize, config.NumAttentionHeads * head, config.AttentionBias);
        KeyProjection = new(config.HiddenSize, config.SharedHeads * head, config.AttentionBias);
        Value = new(config.HiddenSize, config.SharedHeads * head, config.AttentionBias);
        Output = new(config.NumAttentionHeads * head, config.HiddenSize, config.AttentionBias);
        Rotary = new([.. Enumerable.Range(0, (int)(head / 2)).Select(i => Math.Pow(config.RopeTheta, -2.0 * i / head))
            .Select(f => config.RopeScaling?.Scale(f) ?? f)]);
        Key = config.AttentionDropout > 0 ? Rng.NextKey() : null;
        (NumHeads, NumKeyValueHeads, P) = (config.NumAttentionHeads, config.SharedHeads, config.AttentionDropout);
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[batch, positions, size].</param>
    /// <param name="added">What is added to scores, [batch, 1, positions, positions]; null for causal attention to all.</param>
    public Tensor Forward(Tensor x, Tensor? added = null) => Run(x, added, step: null);

    /// <summary>The same for new positions, whose keys and values join those of a cache.</summary>
    /// <param name="x">The new positions, [batch, positions, size].</param>
    /// <param name="step">Where they stand.</param>
    public Tensor Continue(Tensor x, KeyValueStep step) => Run(x, added: null, step);

    private Tensor Run(Tensor x, Tensor? added, KeyValueStep? step)
    {
        var query = Rotary.Call(CausalHeads.Split(Query.Call(x), NumHeads), step?.Positions);
        var key = Rotary.Call(CausalHeads.Split(KeyProjection.Call(x), NumKeyValueHeads), step?.Positions);
        var value = CausalHeads.Split(Value.Call(x), NumKeyValueHeads);
        return Output.Call(CausalHeads.Join(CausalHeads.Attend(query, key, value, added, step, Mask())));
    }

    private (double P, RngKey? Key) Mask()
    {
        if (!TrainMode || Key is not { } key)
        {
            return (0, null);
        }

        var keys = Rng.Split(key);
        Key = keys[0];
        return (P, keys[1]);
    }
}
