namespace Brachy.NN;

/// <summary>
/// In training, sets whole channels of images, [N, C, H, W], to zero with probability p and scales the others by 1/(1-p); otherwise the identity.
/// See <see cref="F.dropout2d"/>. The key is a buffer that is split at each call, so that a compiled step draws a new mask every time.
/// </summary>
[Module]
public partial class Dropout2d
{
    /// <summary>Where the next mask comes from.</summary>
    [Buffer]
    public partial RngKey Key { get; set; }

    /// <summary>The probability that a channel becomes zero.</summary>
    [Static]
    public partial double P { get; set; }

    /// <summary>Whether the model trains.</summary>
    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    /// <summary>The layer.</summary>
    /// <param name="p">The probability that a channel becomes zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Dropout2d(double p = 0.5)
    {
        if (!(p >= 0 && p <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability lies between 0 and 1.");
        }

        Key = Rng.NextKey();
        P = p;
    }

    /// <summary>Applies the layer. Four dims, or three: [N, C, L].</summary>
    public Tensor Forward(Tensor x)
    {
        if (!TrainMode || P == 0)
        {
            return x;
        }

        var keys = Rng.Split(Key);
        Key = keys[0];
        return F.dropout2d(x, P, training: true, keys[1]);
    }
}
