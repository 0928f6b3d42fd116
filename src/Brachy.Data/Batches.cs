namespace Brachy.Data;

/// <summary>
/// Makes batches for training: shuffled by a key, shared out among ranks, made ahead on other threads in memory that is used again, and
/// resumable at any batch.
/// </summary>
/// <example>
/// <code>
/// using var batches = Batches.OfTensors((images, labels), new() { Size = 32, Key = Rng.Seed(0) });
/// for (var epoch = 0; epoch &lt; 10; epoch++)
/// {
///     foreach (var (x, y) in batches.Epoch())
///     {
///         (opt, model, var loss) = Training.StepJit(opt, optConfig, model, config, x, y);
///     }
/// }
/// </code>
/// </example>
public static partial class Batches
{
    /// <summary>Batches of the elements of tensors.</summary>
    /// <typeparam name="T">A tensor, tuple, record, list or tree of tensors.</typeparam>
    /// <param name="data">
    /// Tensors whose first dim counts the elements: [elements, ...], on the CPU. They are read while batches are made, and stay if the
    /// caller frees them; they must not be given away.
    /// </param>
    /// <param name="options">Sizes, order and threads.</param>
    /// <returns>Batches of the same structure, with tensors [batch, ...].</returns>
    /// <exception cref="ArgumentException">There are no tensors, their first dims differ, or options do not go together.</exception>
    /// <exception cref="NotSupportedException">Brachy does not know how to take the type apart.</exception>
    public static Batches<T> OfTensors<T>(T data, BatchOptions options)
    {
        var (key, ring) = Prepare(data, options);
        var rows = new TensorRows<T>(data);
        var source = new ListSource<T>(options, rows.Count, key, (indices, _, _, _, _) =>
        {
            var memory = new BatchMemory(ring, options.Reuse);
            return memory.Fill(() => rows.Take(indices, memory));
        });
        return new(source, options, ring);
    }

    /// <summary>Batches of the elements of a list.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <typeparam name="TBatch">The type of a batch: a tensor, a tuple, a record, anything.</typeparam>
    /// <param name="items">The elements. Several threads read it at once, and its length stays.</param>
    /// <param name="options">Sizes, order and threads.</param>
    /// <param name="make">
    /// Makes a batch of its elements, in memory that they give; see <see cref="BatchRows{T}"/>. Several threads call it at once.
    /// </param>
    /// <exception cref="ArgumentException">Options do not go together, or with the number of elements.</exception>
    public static Batches<TBatch> Of<T, TBatch>(IReadOnlyList<T> items, BatchOptions options, Func<BatchRows<T>, TBatch> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        var (key, ring) = Prepare(items, options);
        var maker = new BatchMaker<T, TBatch>(options, key, ring, make);
        var source = new ListSource<TBatch>(options, items.Count, key, (indices, epoch, number, start, stop) =>
            maker.Make(Array.ConvertAll(indices, i => items[i]), epoch, number, start, stop));
        return new(source, options, ring);
    }

    /// <summary>Batches of a sequence, which is enumerated anew for each epoch, on a thread of its own.</summary>
    /// <inheritdoc cref="OfEpochs{T, TBatch}(Func{long, IAsyncEnumerable{T}}, BatchOptions, Func{BatchRows{T}, TBatch})"/>
    /// <param name="items">The elements.</param>
    /// <param name="options">Sizes, order and threads.</param>
    /// <param name="make">Makes a batch of its elements.</param>
    public static Batches<TBatch> Of<T, TBatch>(IEnumerable<T> items, BatchOptions options, Func<BatchRows<T>, TBatch> make)
    {
        ArgumentNullException.ThrowIfNull(items);
        return OfEpochs(_ => items, options, make);
    }

    /// <summary>Batches of an asynchronous sequence, which is enumerated anew for each epoch.</summary>
    /// <inheritdoc cref="OfEpochs{T, TBatch}(Func{long, IAsyncEnumerable{T}}, BatchOptions, Func{BatchRows{T}, TBatch})"/>
    /// <param name="items">The elements.</param>
    /// <param name="options">Sizes, order and threads.</param>
    /// <param name="make">Makes a batch of its elements.</param>
    public static Batches<TBatch> Of<T, TBatch>(IAsyncEnumerable<T> items, BatchOptions options, Func<BatchRows<T>, TBatch> make)
    {
        ArgumentNullException.ThrowIfNull(items);
        return OfEpochs(_ => items, options, make);
    }

    /// <summary>Batches of sequences, one for each epoch, enumerated on a thread of its own.</summary>
    /// <inheritdoc cref="OfEpochs{T, TBatch}(Func{long, IAsyncEnumerable{T}}, BatchOptions, Func{BatchRows{T}, TBatch})"/>
    public static Batches<TBatch> OfEpochs<T, TBatch>(
        Func<long, IEnumerable<T>> items, BatchOptions options, Func<BatchRows<T>, TBatch> make)
    {
        ArgumentNullException.ThrowIfNull(items);
        return OfEpochs(
            epoch => AsAsync(items(epoch) ?? throw new InvalidOperationException($"There is no sequence for epoch {epoch}.")), options,
            make);
    }

    /// <summary>Batches of asynchronous sequences, one for each epoch.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <typeparam name="TBatch">The type of a batch: a tensor, a tuple, a record, anything.</typeparam>
    /// <param name="items">
    /// The elements of an epoch, the same whenever it is asked: a resumed reading enumerates them from the beginning, without making the
    /// batches before. Each rank enumerates all of them, and takes its share.
    /// </param>
    /// <param name="options">
    /// Sizes, order and threads. With a key, each element comes from a buffer of <see cref="BatchOptions.ShuffleBuffer"/> that are next.
    /// </param>
    /// <param name="make">
    /// Makes a batch of its elements, in memory that they give; see <see cref="BatchRows{T}"/>. Several threads call it at once.
    /// </param>
    /// <exception cref="ArgumentException">Options do not go together; <see cref="BatchOptions.Order"/> is for lists.</exception>
    public static Batches<TBatch> OfEpochs<T, TBatch>(
        Func<long, IAsyncEnumerable<T>> items, BatchOptions options, Func<BatchRows<T>, TBatch> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        var (key, ring) = Prepare(items, options);
        if (options.Order is not null)
        {
            throw new ArgumentException("BatchOptions.Order draws from all elements, and so needs a list or tensors.", nameof(options));
        }

        var maker = new BatchMaker<T, TBatch>(options, key, ring, make);
        return new(new StreamSource<T, TBatch>(options, key, items, maker), options, ring);
    }

    private static (long Key, BufferRing Ring) Prepare<T>(T items, BatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        return (options.Key is { } key ? (long)key.Tensor : 0, new BufferRing(options.Reuse));
    }

    private static async IAsyncEnumerable<T> AsAsync<T>(IEnumerable<T> items)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var item in items)
        {
            yield return item;
        }
    }
}
