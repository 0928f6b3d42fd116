namespace Brachy.NN;

/// <summary>
/// In training, sets each element to zero with probability p and scales the others by 1/(1-p); otherwise the identity.
/// The key is a buffer that is split at each call, so that a compiled step draws a new mask every time.
/// </summary>
[Module]
public partial class Dropout
{
    /// <summary>Where the next mask comes from.</summary>
    [Buffer]
    public partial RngKey Key { get; set; }

    /// <summary>The probability of a zero.</summary>
    [Static]
    public partial double P { get; set; }

    /// <summary>Whether the model trains.</summary>
    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    /// <summary>A dropout layer.</summary>
    /// <param name="p">The probability of a zero, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Dropout(double p = 0.5)
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
        return F.dropout(x, P, training: true, keys[1]);
    }
}
