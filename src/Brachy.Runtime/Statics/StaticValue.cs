using System.Collections;
using System.Runtime.CompilerServices;

namespace Brachy.CompilerServices;

/// <summary>
/// Values that are not traced. Compared by content: collections and arrays item by item, in their order where they have one; tuples,
/// records and structs member by member (see <see cref="StaticContent"/>); other objects by their <c>Equals</c>, which must be by value. A
/// dictionary's order counts, because a function may walk it. Snapshotted, so that a later change is seen as a new value.
/// </summary>
internal static class StaticValue
{
    /// <summary>What a value must be compared with later; changes to the value do not reach it.</summary>
    /// <exception cref="ArgumentException">The value holds tensors, or cannot be compared by content.</exception>
    public static object? Snapshot(object? value) => Snapshot(value, 0);

    /// <summary>Whether a value has the content it had when the snapshot was taken.</summary>
    public static bool Matches(object? snapshot, object? value) =>
        snapshot is StaticSnapshot content ? content.Matches(value) : ValueEquality.LeafEquals(snapshot, value);

    /// <summary>Whether two snapshots are of equal content.</summary>
    public static bool SnapshotEquals(object? left, object? right) =>
        left is StaticSnapshot a && right is StaticSnapshot b ? a.HasSameContent(b) : ValueEquality.LeafEquals(left, right);

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

    /// <summary>Whether a value is a number, character, truth value, date or member of an enum.</summary>
    public static bool IsPlainNumber(object value) => value is ValueType and IConvertible and not IEnumerable;

    /// <summary>
    /// Whether an object whose type is known only when the program runs is surely static: of a type that generated code or the runtime
    /// knows. Any other class may hold tensors that nobody would find.
    /// </summary>
    public static bool IsKnown(object value) =>
        value is ValueType or string or Delegate or Type or IStaticContent or IEnumerable or ITuple
        || IsOf(value, "System") || StaticContent.IsRegistered(value.GetType())

        // These have an error of their own.
        || IsTraced(value) || RuntimeHelpers.GetHashCode(value) == value.GetHashCode();

    /// <summary>Whether a collection cannot change, though its items may.</summary>
    public static bool IsImmutable(IEnumerable collection) =>
        collection is IList { IsReadOnly: true } || IsOf(collection, "System.Collections.Immutable")
        || IsOf(collection, "System.Collections.Frozen");

    /// <summary>Whether it is <c>default(ImmutableArray)</c>, which even asking for its length fails on.</summary>
    public static bool IsUninitialized(IEnumerable sequence)
    {
        if (sequence is not (ValueType and ICollection collection))
        {
            return false;
        }

        try
        {
            return collection.Count < 0;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    public static ArgumentException Endless() =>
        new($"A static value is nested more than {NestingDepth.Max} levels deep: does a collection contain itself? Compare and copy need "
            + "an end; put a copy into the collection.");

    private static object? Snapshot(object? value, int depth)
    {
        if (value is null or string or Delegate or Type or IStaticContent or Shape || IsPlainNumber(value))
        {
            return value;
        }

        if (NestingDepth.IsTooDeep(depth))
        {
            throw Endless();
        }

        if (IsTraced(value))
        {
            throw new ArgumentException(
                $"{Article.Capital(TypeText.OfValue(value))} is passed where a static value is meant, so that its values would be built "
                + "into the compiled code. Declare it as Tensor, StructureTree or a [Tree] type, or keep it in a tree's Params or "
                + "Buffers.");
        }

        var type = value.GetType();
        var content = StaticContent.Find(type);
        return content is { Names: { } names } ? new MemberSnapshot(type, content, Members(value, content, names, depth)) : value switch
        {
            IDictionary dictionary => new CollectionSnapshot(type, Entries(dictionary, depth), null, isUnordered: false),
            Array array => new CollectionSnapshot(type, Items(array, depth), CollectionSnapshot.Lengths(array), isUnordered: false),
            _ when content is StaticMemory memory =>
                new CollectionSnapshot(type, Items(memory.Items(value), depth), null, isUnordered: false),
            IEnumerable sequence =>
                new CollectionSnapshot(type, Items(Finite(sequence, content), depth), null, content?.IsUnordered == true),
            ITuple tuple => new CollectionSnapshot(
                type, Items(Enumerable.Range(0, tuple.Length).Select(i => tuple[i]), depth), null, isUnordered: false),
            ValueType => Comparable(value),
            _ when RuntimeHelpers.GetHashCode(value) == value.GetHashCode() => throw new ArgumentException(
                $"{Article.Capital(TypeText.Of(type))} is passed as a static value, but it has no value equality, so that a change inside "
                + "it would go unseen. Make it a record, or mark it [Tree]."),
            _ => new ObjectSnapshot(value),
        };
    }

    /// <summary>A struct, which must have an <c>Equals</c> that works: inline arrays have none.</summary>
    private static object Comparable(object value)
    {
        try
        {
            _ = value.Equals(value);
            return value;
        }
        catch (NotSupportedException)
        {
            throw new ArgumentException(
                $"{Article.Capital(TypeText.OfValue(value))} is passed as a static value, but it cannot be compared: it has no Equals, as "
                    + "inline arrays. Pass an array.");
        }
    }

    private static bool IsTraced(object value) => value is ITraced or TorchSharp.torch.Tensor;

    private static bool IsOf(object value, string space) =>
        value.GetType().Namespace is { } name && name.StartsWith(space, StringComparison.Ordinal)
        && (name.Length == space.Length || name[space.Length] == '.');

    private static IEnumerable Finite(IEnumerable sequence, Content? content) =>
        IsUninitialized(sequence) ? throw new ArgumentException(
            $"{Article.Capital(TypeText.OfValue(sequence))} that was never given items (default) is passed as a static value. Use its "
            + "Empty for one without items.")
        : sequence is ICollection or IReadOnlyCollection<object?> || content is not null || IsOf(sequence, "System.Collections") ? sequence
        : throw new ArgumentException(
            $"{Article.Capital(TypeText.OfValue(sequence))}, which makes its items on demand, is passed as a static value: it may have no "
            + "end, or give others the next time. Pass an array or a list of the items: ToArray(), ToList().");

    private static object?[] Members(object value, Content content, string[] names, int depth)
    {
        var members = content.Members(value);
        for (var i = 0; i < members.Length; i++)
        {
            try
            {
                members[i] = Snapshot(members[i], depth + 1);
            }
            catch (ArgumentException error) when (depth == 0)
            {
                throw new ArgumentException($"{TypeText.OfValue(value)}.{names[i]}: {error.Message}", error);
            }
        }

        return members;
    }

    private static object?[] Items(IEnumerable sequence, int depth)
    {
        var items = new List<object?>();
        foreach (var item in sequence)
        {
            items.Add(Snapshot(item, depth + 1));
        }

        return [.. items];
    }

    private static object?[] Entries(IDictionary dictionary, int depth)
    {
        var items = new List<object?>();
        foreach (DictionaryEntry entry in dictionary)
        {
            items.Add(Snapshot(entry.Key, depth + 1));
            items.Add(Snapshot(entry.Value, depth + 1));
        }

        return [.. items];
    }
}
