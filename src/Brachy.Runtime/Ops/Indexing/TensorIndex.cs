namespace Brachy;

/// <summary>
/// One place inside the brackets of <c>x[…]</c>. Numbers, C# indexes (<c>^1</c>), ranges (<c>1..3</c>) and integer tensors
/// convert to it.
/// </summary>
public readonly struct TensorIndex
{
    private TensorIndex(TensorIndexKind kind, long? start = null, long? stop = null, long step = 1, Tensor? tensor = null) =>
        (Kind, Start, Stop, Step, Tensor) = (kind, start, stop, step, tensor);

    /// <summary>Inserts a dim of size 1, as <c>None</c> does in Python.</summary>
    public static TensorIndex None { get; } = new(TensorIndexKind.NewDim);

    /// <summary>Stands for all the dims that the other indices leave, as <c>...</c> does in Python.</summary>
    public static TensorIndex Ellipsis { get; } = new(TensorIndexKind.Ellipsis);

    internal TensorIndexKind Kind { get; }

    internal long? Start { get; }

    internal long? Stop { get; }

    internal long Step { get; }

    internal Tensor? Tensor { get; }

    /// <summary>
    /// Elements from a start to a stop, which is excluded, as <c>start:stop:step</c> does in Python: negative numbers count
    /// from the end, and what lies outside the dim is left out.
    /// </summary>
    /// <exception cref="ShapeException">The step is not positive.</exception>
    public static TensorIndex Slice(long? start = null, long? stop = null, long step = 1) => step > 0
        ? new(TensorIndexKind.Range, start, stop, step)
        : throw new ShapeException($"TensorIndex.Slice: the step must be positive, but is {step}; reverse with x.flip(dim).");

    /// <summary>One element; the dim disappears. Negative numbers count from the end.</summary>
    public static implicit operator TensorIndex(int index) => new(TensorIndexKind.Element, index);

    /// <summary>One element; the dim disappears. Negative numbers count from the end.</summary>
    public static implicit operator TensorIndex(long index) => new(TensorIndexKind.Element, index);

    /// <summary>One element; the dim disappears.</summary>
    public static implicit operator TensorIndex(Index index) => new(TensorIndexKind.Element, FromEnd(index));

    /// <summary>Elements from the start of the range up to its end. What lies outside the dim is left out.</summary>
    public static implicit operator TensorIndex(Range range) => new(
        TensorIndexKind.Range, FromEnd(range.Start), range.End.Equals(Index.End) ? null : FromEnd(range.End));

    /// <summary>
    /// The elements that an integer tensor names, in its order; the dim is replaced by the dims of that tensor. Negative numbers count from
    /// the end. Without those <see cref="F.index_select"/> does the same faster. A bool tensor is a mask: it stands for as many dims as it
    /// has, and chooses the elements where it is true. How many there are must be known, so that a traced mask can only be written through
    /// (<see cref="Tensor.at"/>); <see cref="F.masked_select"/> reads through one with a size that is given.
    /// </summary>
    public static implicit operator TensorIndex(Tensor indices) => new(TensorIndexKind.Gather, tensor: indices);

    /// <summary>As it is written in the brackets.</summary>
    public override string ToString() => Kind switch
    {
        TensorIndexKind.NewDim => "None",
        TensorIndexKind.Ellipsis => "...",
        TensorIndexKind.Element => $"{Start}",
        TensorIndexKind.Gather => $"{Tensor?.Type}",
        _ => Step == 1 ? $"{Start}:{Stop}" : $"{Start}:{Stop}:{Step}",
    };

    // ^0 as an element or a start is one past the end; no negative number says that.
    private static long FromEnd(Index index) => !index.IsFromEnd ? index.Value : index.Value == 0 ? long.MaxValue : -index.Value;
}

internal enum TensorIndexKind
{
    Range,
    Element,
    NewDim,
    Ellipsis,
    Gather,
}
