namespace Brachy.NN;

/// <summary>
/// Divides by a power of the mean square of neighbouring channels. Input and output [N, C, L, ...]. See
/// <see cref="F.local_response_norm"/>.
/// </summary>
[Module]
public partial class LocalResponseNorm
{
    /// <summary>The number of channels that a mean is taken over.</summary>
    [Static]
    public partial long Size { get; set; }

    /// <summary>Scales the mean square.</summary>
    [Static]
    public partial double Alpha { get; set; }

    /// <summary>The exponent.</summary>
    [Static]
    public partial double Beta { get; set; }

    /// <summary>Added to the scaled mean square.</summary>
    [Static]
    public partial double K { get; set; }

    /// <summary>A local response norm.</summary>
    /// <param name="size">The number of channels that a mean is taken over.</param>
    /// <param name="alpha">Scales the mean square.</param>
    /// <param name="beta">The exponent.</param>
    /// <param name="k">Added to the scaled mean square.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is not positive.</exception>
    public LocalResponseNorm(long size, double alpha = 1e-4, double beta = 0.75, double k = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        (Size, Alpha, Beta, K) = (size, alpha, beta, k);
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">x has less than 3 dims.</exception>
    public Tensor Forward(Tensor x) => F.local_response_norm(x, Size, Alpha, Beta, K);
}
