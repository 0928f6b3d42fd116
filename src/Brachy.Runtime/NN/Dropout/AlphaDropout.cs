namespace Brachy.NN;

/// <summary>
/// In training, sets elements to the left limit of a SELU with probability p, and keeps mean and variance; otherwise the identity.
/// See <see cref="F.alpha_dropout"/>. The key is a buffer that is split at each call, so that a compiled step draws a new mask every time.
/// </summary>
[Module]
public partial class AlphaDropout
{
    /// <summary>Where the next mask comes from.</summary>
    [Buffer]
    public partial RngKey Key { get; set; }

    /// <summary>The probability that an element is dropped.</summary>
    [Static]
    public partial double P { get; set; }

    /// <summary>Whether the model trains.</summary>
    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    /// <summary>The layer.</summary>
    /// <param name="p">The probability that an element is dropped.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public AlphaDropout(double p = 0.5)
    {
        if (!(p >= 0 && p <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability lies between 0 and 1.");
        }

        Key = Rng.NextKey();
        P = p;
    }

    /// <summary>Applies the layer. Any shape.</summary>
    public Tensor Forward(Tensor x)
    {
        if (!TrainMode || P == 0)
        {
            return x;
        }

        var keys = Rng.Split(Key);
        Key = keys[0];
        return F.alpha_dropout(x, P, training: true, keys[1]);
    }
}
