namespace Brachy.NN;

/// <summary>Mixes the channels of groups; see <see cref="F.channel_shuffle"/>. At least [N, C, L].</summary>
[Module]
public partial class ChannelShuffle
{
    /// <summary>The number of groups.</summary>
    [Static]
    public partial long Groups { get; set; }

    /// <summary>A shuffling layer.</summary>
    /// <param name="groups">The number of groups, which divides the number of channels.</param>
    /// <exception cref="ArgumentOutOfRangeException">groups is not positive.</exception>
    public ChannelShuffle(long groups)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        Groups = groups;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">The number of channels does not divide by groups, or there are too few dims.</exception>
    public Tensor Forward(Tensor x) => F.channel_shuffle(x, Groups);
}
