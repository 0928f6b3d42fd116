using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>
/// Attention of several heads in which each position sees itself and earlier ones. Input and output [batch, positions, size].
/// </summary>
[Module]
public partial class Gpt2Attention
{
    /// <summary>Makes queries, keys and values.</summary>
    [Submodule("c_attn")]
    public partial Conv1D InProjection { get; set; }

    /// <summary>Mixes the heads.</summary>
    [Submodule("c_proj")]
    public partial Conv1D OutProjection { get; set; }

    /// <summary>Dropout of the output in training; null when the probability is 0.</summary>
    [Submodule("resid_dropout")]
    public partial Dropout? OutDropout { get; set; }

    /// <summary>Where the next mask of attention weights comes from; null when the probability is 0.</summary>
    [Buffer]
    public partial RngKey? Key { get; set; }

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
    public Gpt2Attention(Gpt2Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.NHead < 1 || config.NEmbd % config.NHead != 0)
        {
            throw new ArgumentException($"The {config.NHead} heads do not divide the size {config.NEmbd} of a position.", nameof(config));
        }

        InProjection = new(config.NEmbd, 3 * config.NEmbd);
        OutProjection = new(config.NEmbd, config.NEmbd);
        OutDropout = config.ResidPdrop > 0 ? new(config.ResidPdrop) : null;
        Key = config.AttnPdrop > 0 ? Rng.NextKey() : null;
        NumHeads = config.NHead;
        P = config.AttnPdrop;
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
        var all = InProjection.Call(x);
        var size = x.shape[^1];
        var heads = Enumerable.Range(0, 3).Select(i => CausalHeads.Split(F.narrow(all, -1, i * size, size), NumHeads)).ToArray();
        var y = OutProjection.Call(CausalHeads.Join(CausalHeads.Attend(heads[0], heads[1], heads[2], added, step, Mask())));
        return OutDropout is null ? y : OutDropout.Call(y);
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
