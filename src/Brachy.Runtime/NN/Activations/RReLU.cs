namespace Brachy.NN;

/// <summary>
/// x where it is positive, elsewhere x times a slope that is drawn in training, and the middle of all slopes otherwise; see
/// <see cref="F.rrelu"/>. The key is a buffer that is split at each call, so that a compiled step draws new slopes every time.
/// </summary>
[Module]
public partial class RReLU
{
    /// <summary>Where the next slopes come from.</summary>
    [Buffer]
    public partial RngKey Key { get; set; }

    /// <summary>The least slope.</summary>
    [Static]
    public partial double Lower { get; set; }

    /// <summary>The largest slope.</summary>
    [Static]
    public partial double Upper { get; set; }

    /// <summary>Whether the model trains.</summary>
    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    /// <summary>
    /// The names of batches of <see cref="Vmap"/> (its axisName), one inside another; a single one may be given without a list. Each of
    /// their samples then draws slopes of its own, as in one batch with the first name's samples outermost; the function has to be one of
    /// such batches, in training. Null or empty, as by default, for none.
    /// </summary>
    [Config("batch_axis")]
    public partial IReadOnlyList<string>? BatchAxes { get; }

    /// <summary>The name in <see cref="BatchAxes"/>, if there is just one.</summary>
    public string? BatchAxis => NamedBatch.OnlyName(BatchAxes);

    /// <summary>The layer.</summary>
    /// <param name="lower">The least slope.</param>
    /// <param name="upper">The largest slope.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="lower"/> is more than <paramref name="upper"/>, or not finite.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public RReLU(double lower = 1.0 / 8, double upper = 1.0 / 3)
    {
        if (!double.IsFinite(lower) || !(lower <= upper) || !double.IsFinite(upper))
        {
            throw new ArgumentOutOfRangeException(nameof(lower), lower, $"RReLU: lower must be at most upper, {upper}, and both finite.");
        }

        Key = Rng.NextKey();
        (Lower, Upper) = (lower, upper);
    }

    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x)
    {
        if (!TrainMode)
        {
            return F.rrelu(x, Lower, Upper);
        }

        var keys = Rng.Split(Key);
        Key = keys[0];
        return NamedBatch.Draw(
            nameof(RReLU), x, keys[1], BatchAxes, (share, key) => F.rrelu(share, Lower, Upper, training: true, key));
    }
}
