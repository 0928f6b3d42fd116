using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Brachy;

/// <summary>
/// Values that are not traced. Compared by content: collections, tuples and arrays element by element, in their order; other
/// objects by their <c>Equals</c>, which must be by value. Snapshotted, so that a later change is seen as a new value.
/// </summary>
internal static class StaticValue
{
    /// <summary>What a value must be compared with later; changes to the value do not reach it.</summary>
    /// <exception cref="ArgumentException">The value holds tensors, or cannot be compared by content.</exception>
    public static object? Snapshot(object? value) => Snapshot(value, 0);

    private static object? Snapshot(object? value, int depth) => TreeDepth.IsTooDeep(depth)
        ? throw Endless()
        : value switch
        {
            null or string or Delegate or Type or GlobalConfig or ApplyFn or Shape => value,
            Tensor or StructureTree or StateOrganizer or TorchSharp.torch.Tensor => throw new ArgumentException(
                $"A {value.GetType().Name} is passed where a static value is meant, so that its values would be built into the compiled code. " +
                "Declare it as Tensor, StructureTree or a [Tree] type, or keep it in a tree's Params or Buffers."),
            IDictionary dictionary => new CollectionSnapshot(value.GetType(), Flatten(dictionary, depth), null),
            Array array => new CollectionSnapshot(value.GetType(), [.. array.Cast<object?>().Select(item => Snapshot(item, depth + 1))], Lengths(array)),
            IEnumerable sequence => new CollectionSnapshot(value.GetType(), [.. sequence.Cast<object?>().Select(item => Snapshot(item, depth + 1))], null),
            ITuple tuple => new CollectionSnapshot(value.GetType(), Flatten(tuple, depth), null),
            ValueType => value,
            _ when RuntimeHelpers.GetHashCode(value) == value.GetHashCode() => throw new ArgumentException(
                $"A {value.GetType().Name} is passed as a static value, but it has no value equality, so that a change inside it would go unseen. " +
                "Make it an immutable record, or mark it [Tree]."),
            _ => new ObjectSnapshot(value, value.GetHashCode()),
        };

    /// <summary>Whether a value has the content it had when the snapshot was taken.</summary>
    public static bool Matches(object? snapshot, object? value) => snapshot switch
    {
        null => value is null,
        CollectionSnapshot collection => collection.Matches(value),
        ObjectSnapshot o => o.Matches(value),
        _ => LeafEquals(snapshot, value),
    };

    /// <summary>Whether two snapshots are of equal content.</summary>
    public static bool SnapshotEquals(object? left, object? right) => (left, right) switch
    {
        (CollectionSnapshot a, CollectionSnapshot b) => a.HasSameContent(b),
        (ObjectSnapshot a, ObjectSnapshot b) => a.Hash == b.Hash && a.Value.Equals(b.Value),
        _ => LeafEquals(left, right),
    };

    /// <summary>Whether two values are of equal content.</summary>
    /// <param name="path">Where they stand, for the message.</param>
    /// <param name="left">One value.</param>
    /// <param name="right">The other.</param>
    /// <exception cref="ArgumentException">They are different objects of a type that cannot be compared by content.</exception>
    public static bool HasSameContent(string path, object? left, object? right)
    {
        try
        {
            return ReferenceEquals(left, right) || Matches(Snapshot(left), right);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"The aux values '{path}' cannot be compared. {error.Message}", error);
        }
    }

    /// <summary>Whether two values that hold no collections are the same; reals by their bits, since 0 and -0 divide differently.</summary>
    public static bool LeafEquals(object? left, object? right) => (left, right) switch
    {
        (double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b),
        (float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b),
        (Half a, Half b) => BitConverter.HalfToInt16Bits(a) == BitConverter.HalfToInt16Bits(b),
        _ => Equals(left, right),
    };

    /// <summary>A copy of the same type, for the collections whose type can be made anew; other values are returned as they are.</summary>
    /// <exception cref="ArgumentException">A collection contains itself.</exception>
    public static object? Copy(object? value) => Copy(value, 0);

    private static object? Copy(object? value, int depth) => TreeDepth.IsTooDeep(depth) ? throw Endless() : value switch
    {
        null or string or ValueType or GlobalConfig => value,
        Array array => CopyArray(array, depth),
        List<object?> list => list.ConvertAll(item => Copy(item, depth + 1)),
        List<string> list => new List<string>(list),
        List<int> list => new List<int>(list),
        List<long> list => new List<long>(list),
        List<float> list => new List<float>(list),
        List<double> list => new List<double>(list),
        List<bool> list => new List<bool>(list),
        Dictionary<string, object?> map => map.ToDictionary(e => e.Key, e => Copy(e.Value, depth + 1), map.Comparer),
        Dictionary<string, string> map => new Dictionary<string, string>(map, map.Comparer),
        Dictionary<string, int> map => new Dictionary<string, int>(map, map.Comparer),
        Dictionary<string, long> map => new Dictionary<string, long>(map, map.Comparer),
        Dictionary<string, double> map => new Dictionary<string, double>(map, map.Comparer),
        Dictionary<string, bool> map => new Dictionary<string, bool>(map, map.Comparer),
        HashSet<string> set => new HashSet<string>(set, set.Comparer),
        _ => value,
    };

    public static string Format(object? value) => Format(value, null);

    private static string Format(object? value, Level? above) => value switch
    {
        null => "null",
        CollectionSnapshot collection => collection.ToString(),
        ObjectSnapshot o => Format(o.Value, above),
        string text => $"\"{text}\"",
        IDictionary or IList when Level.Ends(above, value) => "...",
        IDictionary dictionary => $"{{{string.Join(", ", dictionary.Keys.Cast<object>().Select(key => $"{key}: {Format(dictionary[key], new(dictionary, above))}"))}}}",
        IList list => $"[{string.Join(", ", list.Cast<object?>().Select(item => Format(item, new(list, above))))}]",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? value.GetType().Name,
    };

    private static Array CopyArray(Array array, int depth)
    {
        var copy = (Array)array.Clone();
        if (copy is object?[] objects)
        {
            for (var i = 0; i < objects.Length; i++)
            {
                objects[i] = Copy(objects[i], depth + 1);
            }
        }

        return copy;
    }

    private static object?[] Flatten(IDictionary dictionary, int depth)
    {
        var items = new List<object?>();
        foreach (DictionaryEntry entry in dictionary)
        {
            items.Add(Snapshot(entry.Key, depth + 1));
            items.Add(Snapshot(entry.Value, depth + 1));
        }

        return [.. items];
    }

    private static object?[] Flatten(ITuple tuple, int depth)
    {
        var items = new object?[tuple.Length];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Snapshot(tuple[i], depth + 1);
        }

        return items;
    }

    private static ArgumentException Endless() =>
        new($"A static value is nested more than {TreeDepth.Max} levels deep: does a collection contain itself? Compare and copy need an end; put a copy into the collection.");

    private static int[] Lengths(Array array) => [.. Enumerable.Range(0, array.Rank).Select(array.GetLength)];

    /// <summary>An object with value equality. Its hash shows a change of a member that is not itself a collection.</summary>
    /// <summary>The collections around the one that is written.</summary>
    private sealed record Level(object Collection, Level? Above)
    {
        public static bool Ends(Level? above, object collection)
        {
            var depth = 0;
            for (var level = above; level is not null; level = level.Above)
            {
                depth++;
                if (ReferenceEquals(level.Collection, collection))
                {
                    return true;
                }
            }

            return TreeDepth.IsTooDeep(depth);
        }
    }

    private sealed record ObjectSnapshot(object Value, int Hash)
    {
        public bool Matches(object? value) => value is not null && value.GetHashCode() == Hash && Value.Equals(value);
    }

    /// <summary>The content of a collection, array, dictionary (keys and values in turn) or tuple.</summary>
    private sealed class CollectionSnapshot(Type type, object?[] items, int[]? lengths)
    {
        private readonly Type _type = type;
        private readonly object?[] _items = items;
        private readonly int[]? _lengths = lengths;

        public bool Matches(object? value)
        {
            if (value is null || value.GetType() != _type || (value is Array array && !Lengths(array).AsSpan().SequenceEqual(_lengths)))
            {
                return false;
            }

            return value switch
            {
                IDictionary dictionary => MatchesDictionary(dictionary),
                IEnumerable sequence => MatchesSequence(sequence),
                ITuple tuple => Enumerable.Range(0, _items.Length).All(i => StaticValue.Matches(_items[i], tuple[i])),
                _ => false,
            };
        }

        public bool HasSameContent(CollectionSnapshot other) =>
            _type == other._type
            && _items.Length == other._items.Length
            && (_lengths is null || _lengths.AsSpan().SequenceEqual(other._lengths))
            && _items.Zip(other._items).All(pair => SnapshotEquals(pair.First, pair.Second));

        public override string ToString() => $"[{string.Join(", ", _items.Select(Format))}]";

        private bool MatchesDictionary(IDictionary dictionary)
        {
            if (2 * dictionary.Count != _items.Length)
            {
                return false;
            }

            var i = 0;
            foreach (DictionaryEntry entry in dictionary)
            {
                if (!StaticValue.Matches(_items[i++], entry.Key) || !StaticValue.Matches(_items[i++], entry.Value))
                {
                    return false;
                }
            }

            return true;
        }

        private bool MatchesSequence(IEnumerable sequence)
        {
            var i = 0;
            foreach (var item in sequence)
            {
                if (i == _items.Length || !StaticValue.Matches(_items[i++], item))
                {
                    return false;
                }
            }

            return i == _items.Length;
        }
    }
}
