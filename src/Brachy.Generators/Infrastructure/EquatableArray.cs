using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace Brachy.Generators;

/// <summary>
/// An immutable array that compares by content, so that models compare by content. A class: for each struct in a pipeline, the runtime
/// compiles Roslyn's tables anew when the generators are first run.
/// </summary>
internal sealed class EquatableArray<T>(T[] items) : IEquatable<EquatableArray<T>>, IReadOnlyList<T>
    where T : class, IEquatable<T>
{
    public static EquatableArray<T> Empty { get; } = new([]);

    public int Count => items.Length;

    public T this[int index] => items[index];

    public bool Equals(EquatableArray<T>? other)
    {
        if (other is null || other.Count != Count)
        {
            return false;
        }

        for (var i = 0; i < items.Length; i++)
        {
            if (!items[i].Equals(other[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as EquatableArray<T>);

    public override int GetHashCode()
    {
        var hash = 17;
        foreach (var item in items)
        {
            hash = unchecked((hash * 31) + item.GetHashCode());
        }

        return hash;
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

internal static class EquatableArray
{
    public static EquatableArray<T> ToEquatableArray<T>(this IEnumerable<T> items)
        where T : class, IEquatable<T> => items.ToArray() is { Length: > 0 } array ? new(array) : EquatableArray<T>.Empty;

    /// <summary>The distinct items, in an order that does not depend on theirs.</summary>
    public static EquatableArray<string> Sorted(IEnumerable<string> items)
    {
        var all = new HashSet<string>(items).ToArray();
        Array.Sort(all, StringComparer.Ordinal);
        return all.ToEquatableArray();
    }
}
