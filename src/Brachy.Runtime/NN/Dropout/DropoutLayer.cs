namespace Brachy.NN;

/// <summary>
/// What the dropouts share: in training they drop with probability p, otherwise they are the identity. The key is a buffer that is split at
/// each call, so that a compiled step draws a new mask every time.
/// </summary>
[Module]
public abstract partial class DropoutLayer
{
    /// <summary>Where the next mask comes from.</summary>
    [Buffer]
    public partial RngKey Key { get; set; }

    /// <summary>The probability that an element, or a channel, is dropped.</summary>
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

    /// <summary>A dropout layer.</summary>
    /// <param name="p">The probability, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    protected DropoutLayer(double p)
    {
        if (!(p >= 0 && p <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability lies between 0 and 1.");
        }

        Key = Rng.NextKey();
        P = p;
    }

    /// <summary>Applies the layer.</summary>
    public Tensor Forward(Tensor x)
    {
        if (!TrainMode || P == 0)
        {
            return x;
        }

        var keys = Rng.Split(Key);
        Key = keys[0];
        return NamedBatch.Draw(GetType().Name, x, keys[1], BatchAxes, Drop);
    }

    /// <summary>Drops with probability <see cref="P"/>.</summary>
    /// <param name="x">The input.</param>
    /// <param name="key">Where the mask comes from.</param>
    protected abstract Tensor Drop(Tensor x, RngKey key);
}
