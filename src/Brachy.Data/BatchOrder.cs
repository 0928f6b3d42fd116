using System.Globalization;

namespace Brachy.Data;

/// <summary>How the elements of an epoch are drawn and grouped. Every order is decided by the key and the epoch.</summary>
public abstract class BatchOrder
{
    private protected BatchOrder()
    {
    }

    /// <summary>What it is, for positions: equal texts draw alike.</summary>
    internal abstract string Description { get; }

    /// <summary>How many elements it knows; null when any number will do.</summary>
    internal virtual int? Count => null;

    /// <summary>How many it draws, with repetitions; null when it takes each once.</summary>
    internal virtual int? Draws => null;

    /// <summary>Each element once, in an order drawn from the key: what a key without an order gives.</summary>
    public static BatchOrder Shuffled { get; } = new ShuffledOrder();

    /// <summary>Draws each element as often as its weight says, with repetitions.</summary>
    /// <param name="weights">A weight for each element: not negative, finite, and not all zero. They need not add up to 1.</param>
    /// <param name="draws">Elements of an epoch; null, the default, for as many as there are weights.</param>
    /// <exception cref="ArgumentException">The weights are none, or all zero, or one is negative or not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="draws"/> is below 1.</exception>
    public static BatchOrder Weighted(IReadOnlyList<double> weights, int? draws = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws ?? 1, 1, nameof(draws));
        return new WeightedOrder(weights, draws ?? weights.Count);
    }

    /// <summary>Draws all classes equally often, whatever their sizes, with repetitions.</summary>
    /// <param name="classes">The class of each element.</param>
    /// <param name="draws">Elements of an epoch; null, the default, for as many as there are.</param>
    /// <exception cref="ArgumentException">There are no elements.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="draws"/> is below 1.</exception>
    public static BatchOrder Balanced<TClass>(IReadOnlyList<TClass> classes, int? draws = null)
        where TClass : notnull
    {
        ArgumentNullException.ThrowIfNull(classes);
        var sizes = classes.GroupBy(c => c).ToDictionary(group => group.Key, group => group.Count());
        return Weighted([.. classes.Select(c => 1.0 / sizes[c])], draws);
    }

    /// <summary>
    /// Each element once, with elements of about equal lengths in a batch, so that little is padding. Batches come in random order, what is
    /// left over last.
    /// </summary>
    /// <param name="lengths">The length of each element.</param>
    /// <param name="window">
    /// Within how many batches elements are sorted; 0, the default, for all of the epoch. Smaller windows mix more, and pad more.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="window"/> is negative.</exception>
    public static BatchOrder ByLength(IReadOnlyList<int> lengths, int window = 0)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        return new LengthOrder(lengths, window);
    }

    /// <summary>The elements of an epoch.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="step">Elements of a step of all ranks.</param>
    /// <param name="key">The epoch's key.</param>
    internal abstract int[] Draw(int count, long step, long key);

    /// <summary>A text that differs when the numbers do.</summary>
    private protected static string Digest<T>(IEnumerable<T> numbers, Func<T, long> bits) =>
        numbers.Aggregate(0L, (digest, number) => KeyMixing.Mix(digest, bits(number))).ToString("x", CultureInfo.InvariantCulture);
}
