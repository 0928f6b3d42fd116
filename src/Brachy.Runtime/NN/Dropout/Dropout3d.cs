namespace Brachy.NN;

/// <summary>
/// In training, sets whole channels of volumes, [N, C, D, H, W] or [C, D, H, W], to zero with probability p and scales the others by
/// 1/(1-p); otherwise the identity. See <see cref="F.dropout3d"/>. The key is a buffer that is split at each call, so that a compiled step
/// draws a new mask every time.
/// </summary>
[Module]
public partial class Dropout3d : DropoutLayer
{
    /// <summary>The layer.</summary>
    /// <param name="p">The probability that a channel becomes zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Dropout3d(double p = 0.5)
        : base(p)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Drop(Tensor x, RngKey key) => F.dropout3d(x, P, training: true, key);
}
