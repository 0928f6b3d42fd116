using System.Collections;
using Brachy.CompilerServices;

namespace Brachy.Data;

/// <summary>Writes the part of a tensor that belongs to one element.</summary>
/// <param name="item">The element.</param>
/// <param name="row">Its place, full of zeros.</param>
public delegate void RowWriter<in T, TElement>(T item, Span<TElement> row);

/// <summary>
/// The elements of a batch that is being made, and memory for its tensors. Used on one worker's thread, until the batch is returned.
/// </summary>
/// <typeparam name="T">The type of an element.</typeparam>
public sealed class BatchRows<T> : IReadOnlyList<T>
{
    private readonly T[] _items;
    private readonly BatchMemory _memory;
    private readonly long _key;
    private readonly long _start;

    internal BatchRows(T[] items, BatchMemory memory, long epoch, long number, long key, long start, CancellationToken stop)
    {
        (_items, _memory, _key, _start) = (items, memory, key, start);
        (Epoch, Number, Stop) = (epoch, number, stop);
    }

    /// <summary>The epoch, from 0.</summary>
    public long Epoch { get; }

    /// <summary>The number of the batch in its epoch, from 0.</summary>
    public long Number { get; }

    /// <summary>Cancelled when nobody waits for the batch any more.</summary>
    public CancellationToken Stop { get; }

    /// <summary>How many elements there are: the size of batches, or fewer at the end of an epoch.</summary>
    public int Count => _items.Length;

    /// <summary>An element.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    public T this[int index] => _items[index];

    /// <summary>
    /// A number to draw random numbers of an element from, such as for augmentation. It depends on the key, the epoch and the place of the
    /// element in its order only, and so is the same after a resume and with any number of workers.
    /// </summary>
    /// <param name="index">The element's index in this batch.</param>
    /// <returns>From 0 to 2⁶³ - 1.</returns>
    public long Seed(int index) => KeyMixing.Mix(_key, _start + index);

    /// <summary>Memory for a tensor of the batch, full of zeros.</summary>
    /// <typeparam name="TElement">The .NET type of its elements: float for float32, long for int64, and so on.</typeparam>
    /// <param name="shape">The shape of the whole tensor.</param>
    /// <exception cref="DTypeException">No tensor has such elements.</exception>
    /// <exception cref="InvalidOperationException">The batch has been made already.</exception>
    public BatchBlock<TElement> New<TElement>(params ReadOnlySpan<long> shape)
        where TElement : unmanaged
    {
        var dtype = Tensor.DTypeOf<TElement>()
            ?? throw new DTypeException($"A tensor cannot hold elements of {TypeText.Of(typeof(TElement))}.");
        var (tensor, memory) = _memory.Take(new TensorType(shape.ToArray(), dtype));
        return new(tensor, memory);
    }

    /// <summary>A tensor [<see cref="Count"/>] of one number for each element.</summary>
    /// <typeparam name="TElement">The .NET type of its elements.</typeparam>
    /// <param name="value">The number of an element.</param>
    public Tensor Values<TElement>(Func<T, TElement> value)
        where TElement : unmanaged
    {
        ArgumentNullException.ThrowIfNull(value);
        var block = New<TElement>(Count);
        for (var i = 0; i < Count; i++)
        {
            block.Span[i] = value(_items[i]);
        }

        return block.Tensor;
    }

    /// <summary>A tensor [<see cref="Count"/>, ..row] whose rows are written element by element.</summary>
    /// <typeparam name="TElement">The .NET type of its elements.</typeparam>
    /// <param name="row">The shape of a row.</param>
    /// <param name="write">Writes a row.</param>
    public Tensor Rows<TElement>(Shape row, RowWriter<T, TElement> write)
        where TElement : unmanaged
    {
        ArgumentNullException.ThrowIfNull(write);
        var block = New<TElement>([Count, .. row.Sizes]);
        for (var i = 0; i < Count; i++)
        {
            write(_items[i], block.Row(i));
        }

        return block.Tensor;
    }

    /// <summary>
    /// The elements' tensors stacked: where the function gives tensors [...] for an element, the result has [<see cref="Count"/>, ...].
    /// </summary>
    /// <typeparam name="TRow">A tensor, tuple, record or tree of tensors; what is no tensor must be equal for all elements.</typeparam>
    /// <param name="map">Gives the tensors of an element. Those that it makes are freed; those that it takes from elsewhere stay.</param>
    /// <exception cref="ShapeException">Tensors of two elements differ in shape or element type, or structures differ.</exception>
    /// <exception cref="NotSupportedException">Brachy does not know how to take the type apart.</exception>
    public TRow Stack<TRow>(Func<T, TRow> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return RowStack.Of(_items, map, _memory);
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
