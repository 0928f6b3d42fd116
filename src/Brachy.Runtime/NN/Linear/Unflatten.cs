namespace Brachy.NN;

/// <summary>Splits one dim into several.</summary>
[Module]
public partial class Unflatten
{
    /// <summary>The dim that is split.</summary>
    [Static]
    public partial long Dim { get; set; }

    /// <summary>The sizes it becomes.</summary>
    [Static]
    public partial Shape UnflattenedSize { get; set; }

    /// <summary>A layer that splits a dim.</summary>
    /// <param name="dim">The dim to split; negative dims count from the end.</param>
    /// <param name="unflattenedSize">The sizes it becomes; one may be -1.</param>
    /// <exception cref="ArgumentException">There is no size, one is negative, or several are -1.</exception>
    public Unflatten(long dim, Shape unflattenedSize)
    {
        if (unflattenedSize.Rank == 0 || unflattenedSize.Any(size => size < -1) || unflattenedSize.Count(size => size == -1) > 1)
        {
            throw new ArgumentException(
                $"Sizes must not be negative, and only one may be -1, but are {unflattenedSize}.", nameof(unflattenedSize));
        }

        Dim = dim;
        UnflattenedSize = unflattenedSize;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">There is no such dim, or the product of the sizes is not its size.</exception>
    public Tensor Forward(Tensor x) => F.unflatten(x, Dim, UnflattenedSize);
}
