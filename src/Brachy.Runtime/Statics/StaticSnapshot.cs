using System.Collections;
using System.Runtime.CompilerServices;

namespace Brachy.CompilerServices;

/// <summary>What a static value that is no single plain value must be compared with later. Changes to the value do not reach it.</summary>
internal abstract class StaticSnapshot
{
    /// <summary>Whether a value has the content it had when the snapshot was taken.</summary>
    public abstract bool Matches(object? value);

    /// <summary>Whether two snapshots are of equal content.</summary>
    public abstract bool HasSameContent(StaticSnapshot other);
}

/// <summary>An object with value equality. Its hash shows a change of a member in place.</summary>
internal sealed class ObjectSnapshot(object value) : StaticSnapshot
{
    private readonly object _value = value;
    private readonly int _hash = value.GetHashCode();

    public override bool Matches(object? value) =>
        value is not null && value.GetHashCode() == _hash && _value.Equals(value) && IsWrittenAlike(_value, value);

    public override bool HasSameContent(StaticSnapshot other) =>
        other is ObjectSnapshot o && _hash == o._hash && _value.Equals(o._value) && IsWrittenAlike(_value, o._value);

    public override string ToString() => StaticText.Of(_value);

    /// <summary>Addresses are equal to their <c>Equals</c> where only what stands after # differs.</summary>
    private static bool IsWrittenAlike(object left, object right) =>
        left is not Uri a || right is not Uri b || a.OriginalString == b.OriginalString;
}

/// <summary>The members of a record or struct.</summary>
internal sealed class MemberSnapshot(Type type, Content content, object?[] members) : StaticSnapshot
{
    private readonly Type _type = type;
    private readonly object?[] _members = members;

    public override bool Matches(object? value) =>
        value is not null && value.GetType() == _type && MatchesMembers(content.Members(value));

    public override bool HasSameContent(StaticSnapshot other) =>
        other is MemberSnapshot o && _type == o._type
        && _members.Zip(o._members).All(pair => StaticValue.SnapshotEquals(pair.First, pair.Second));

    public override string ToString() => StaticText.OfMembers(_type, content.Names!, _members.Select(StaticText.Of));

    private bool MatchesMembers(object?[] members)
    {
        for (var i = 0; i < members.Length; i++)
        {
            if (!StaticValue.Matches(_members[i], members[i]))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>The content of a collection, array, dictionary (keys and values in turn) or tuple.</summary>
internal sealed class CollectionSnapshot(Type type, object?[] items, int[]? lengths, bool isUnordered) : StaticSnapshot
{
    private readonly Type _type = type;
    private readonly object?[] _items = items;
    private readonly int[]? _lengths = lengths;

    public override bool Matches(object? value)
    {
        if (value is null || value.GetType() != _type || (value is Array array && !Lengths(array).AsSpan().SequenceEqual(_lengths)))
        {
            return false;
        }

        return value switch
        {
            _ when StaticContent.Find(_type) is StaticMemory memory => MatchesSequence(memory.Items(value)),
            IDictionary dictionary => MatchesDictionary(dictionary),
            IEnumerable sequence => !StaticValue.IsUninitialized(sequence) && MatchesSequence(sequence),
            ITuple tuple => Enumerable.Range(0, _items.Length).All(i => StaticValue.Matches(_items[i], tuple[i])),
            _ => false,
        };
    }

    public override bool HasSameContent(StaticSnapshot other) =>
        other is CollectionSnapshot o
        && _type == o._type
        && _items.Length == o._items.Length
        && (_lengths is null || _lengths.AsSpan().SequenceEqual(o._lengths))
        && (_items.Zip(o._items).All(pair => StaticValue.SnapshotEquals(pair.First, pair.Second))
            || (isUnordered && HasEach(o._items, (mine, item) => StaticValue.SnapshotEquals(mine, item))));

    public override string ToString() => $"[{string.Join(", ", _items.Select(StaticText.Of))}]";

    public static int[] Lengths(Array array) => [.. Enumerable.Range(0, array.Rank).Select(array.GetLength)];

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
                return isUnordered && sequence.Cast<object?>().ToArray() is var all && all.Length == _items.Length
                    && HasEach(all, StaticValue.Matches);
            }
        }

        return i == _items.Length;
    }

    /// <summary>Whether each item of the snapshot is among as many others. Items of a set differ, so that none is found twice.</summary>
    private bool HasEach(object?[] others, Func<object?, object?, bool> matches)
    {
        var known = new HashSet<object?>(others);
        return _items.All(item => (item is not (double or float or Half or StaticSnapshot) && known.Contains(item))
            || Array.Exists(others, other => matches(item, other)));
    }
}
