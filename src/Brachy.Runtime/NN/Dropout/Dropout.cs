namespace Brachy.NN;

/// <summary>
/// In training, sets each element to zero with probability p and scales the others by 1/(1-p); otherwise the identity.
/// The key is a buffer that is split at each call, so that a compiled step draws a new mask every time. Any shape.
/// </summary>
[Module]
public partial class Dropout : DropoutLayer
{
    /// <summary>A dropout layer.</summary>
    /// <param name="p">The probability of a zero, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Dropout(double p = 0.5)
        : base(p)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Drop(Tensor x, RngKey key) => F.dropout(x, P, training: true, key);
}
