namespace Brachy.NN;

/// <summary>
/// In training, sets elements to the left limit of a SELU with probability p, and keeps mean and variance; otherwise the identity.
/// See <see cref="F.alpha_dropout"/>. The key is a buffer that is split at each call, so that a compiled step draws a new
/// mask every time. Any shape.
/// </summary>
[Module]
public partial class AlphaDropout : DropoutLayer
{
    /// <summary>The layer.</summary>
    /// <param name="p">The probability that an element is dropped.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public AlphaDropout(double p = 0.5)
        : base(p)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Drop(Tensor x, RngKey key) => F.alpha_dropout(x, P, training: true, key);
}
