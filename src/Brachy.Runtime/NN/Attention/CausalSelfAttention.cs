namespace Brachy.NN;

/// <summary>
/// Self-attention of several heads in which each position sees itself and earlier ones, as in GPT-2, with GPT-2's names.
/// Input and output [B, T, C].
/// </summary>
[Module]
public partial class CausalSelfAttention
{
    /// <summary>Makes queries, keys and values, [3 C, C].</summary>
    [Submodule("c_attn")]
    public partial Linear InProjection { get; set; }

    /// <summary>Mixes the heads, [C, C].</summary>
    [Submodule("c_proj")]
    public partial Linear OutProjection { get; set; }

    /// <summary>Dropout of the output; null when the probability is 0.</summary>
    [Submodule("resid_dropout")]
    public partial Dropout? OutDropout { get; set; }

    /// <summary>Where the next mask of attention weights comes from; null when the probability is 0.</summary>
    [Buffer]
    public partial RngKey? Key { get; set; }

    /// <summary>The number of heads.</summary>
    [Static]
    public partial long NumHeads { get; set; }

    /// <summary>The probability with which attention weights, and elements of the output, are set to zero in training.</summary>
    [Static]
    public partial double P { get; set; }

    /// <summary>Whether the model trains.</summary>
    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    /// <summary>
    /// The names of batches of <see cref="Vmap"/> (its axisName), one inside another; a single one may be given without a list. Each of
    /// their samples then draws a mask of its own, as in one batch with the first name's samples outermost; the function has to be one of
    /// such batches, in training. Null or empty, as by default, for none.
    /// </summary>
    [Config("batch_axis")]
    public partial IReadOnlyList<string>? BatchAxes { get; }

    /// <summary>The name in <see cref="BatchAxes"/>, if there is just one.</summary>
    public string? BatchAxis => NamedBatch.OnlyName(BatchAxes);

    /// <summary>A self-attention layer. The projections are initialised as those of <see cref="Linear"/>.</summary>
    /// <param name="embedDim">C, the size of a position.</param>
    /// <param name="numHeads">The number of heads; it divides <paramref name="embedDim"/>.</param>
    /// <param name="bias">Whether the projections add a bias.</param>
    /// <param name="dropout">The probability of dropout.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or the probability is not from 0 to 1.</exception>
    /// <exception cref="ArgumentException">The heads do not divide the size.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public CausalSelfAttention(long embedDim, long numHeads, bool bias = true, double dropout = 0, DType dtype = DType.Float32)
    {
        AttentionHeads.Require(embedDim, numHeads, dropout);
        InProjection = new(embedDim, AttentionHeads.Times3(embedDim), bias, dtype);
        OutProjection = new(embedDim, embedDim, bias, dtype);
        OutDropout = dropout > 0 ? new(dropout) : null;
        Key = dropout > 0 ? Rng.NextKey() : null;
        NumHeads = numHeads;
        P = dropout;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">The input is not [B, T, C].</exception>
    public Tensor Forward(Tensor x)
    {
        var (query, key, value) = Project(x);
        return Mixed(
            F.scaled_dot_product_attention(query, key, value, dropout_p: TrainMode ? P : 0, is_causal: true, dropout_key: NextKey()), x);
    }

    /// <summary>Attention of new positions to themselves and all before them, whose keys and values are in a cache.</summary>
    /// <param name="x">[B, T, C], the new positions.</param>
    /// <param name="step">Where they stand.</param>
    /// <returns>[B, T, C].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Continue(Tensor x, KeyValueStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (query, key, value) = Project(x);
        return Mixed(step.Attend(query, key, value, dropout_p: TrainMode ? P : 0, dropout_key: NextKey()), x);
    }

    /// <summary>Queries, keys and values, [B, heads, T, size of a head] each.</summary>
    private (Tensor Query, Tensor Key, Tensor Value) Project(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ndim != 3)
        {
            throw new ShapeException($"CausalSelfAttention: the input must be [batch, positions, size], but is {x.Type}.");
        }

        var heads = F.permute(F.unflatten(InProjection.Call(x), -1, 3, NumHeads, x.shape[2] / NumHeads), 2, 0, 3, 1, 4);
        return (F.select(heads, 0, 0), F.select(heads, 0, 1), F.select(heads, 0, 2));
    }

    private Tensor Mixed(Tensor heads, Tensor x)
    {
        var y = OutProjection.Call(F.reshape(F.transpose(heads, 1, 2), x.shape));
        return OutDropout is null ? y : OutDropout.Call(y);
    }

    private RngKey? NextKey()
    {
        if (!TrainMode || P == 0)
        {
            return null;
        }

        var keys = Rng.Split(Key ?? Rng.NextKey());
        Key = keys[0];
        return NamedBatch.OfSample(nameof(CausalSelfAttention), keys[1], BatchAxes);
    }
}
