namespace Brachy.NN;

/// <summary>
/// Normalises each group of channels of each sample, then scales and shifts each channel. Input and output [N, C, ...]. See
/// <see cref="F.group_norm"/>.
/// </summary>
[Module]
public partial class GroupNorm : AffineNorm
{
    /// <summary>The number of groups.</summary>
    [Static]
    public partial long NumGroups { get; set; }

    /// <summary>The number of channels, C.</summary>
    [Static]
    public partial long NumChannels { get; set; }

    /// <summary>A group norm. The weight, [C], starts as ones, the bias as zeros.</summary>
    /// <param name="numGroups">The number of groups, a divisor of the number of channels.</param>
    /// <param name="numChannels">The number of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="affine">Whether to scale and shift.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    public GroupNorm(long numGroups, long numChannels, double eps = 1e-5, bool affine = true, DType dtype = DType.Float32)
        : base(nameof(GroupNorm), Channels(numChannels), eps, affine, affine, dtype)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numGroups);
        if (numChannels % numGroups != 0)
        {
            throw new ArgumentException($"{numGroups} groups do not divide {numChannels} channels.", nameof(numGroups));
        }

        NumGroups = numGroups;
        NumChannels = numChannels;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">x is not [N, C, ...], or each group is a single value of a single sample.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim > 1 && x.shape[1] == NumChannels
            ? F.group_norm(x, NumGroups, Weight, Bias, Eps)
            : throw new ShapeException($"{nameof(GroupNorm)}: x must have {NumChannels} channels in dim 1, but is {x.Type}.");
    }
}
