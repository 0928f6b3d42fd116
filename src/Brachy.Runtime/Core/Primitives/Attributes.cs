using System.Collections;
using System.Globalization;

namespace Brachy;

/// <summary>The settings of one use of a primitive, such as dims and flags, by name. Immutable; compared by content.</summary>
public sealed class Attributes : IEquatable<Attributes>, IEnumerable<KeyValuePair<string, object?>>
{
    private readonly (string Name, object? Value)[] _items;

    private Attributes((string, object?)[] items) => _items = items;

    /// <summary>No settings.</summary>
    public static Attributes None { get; } = new([]);

    /// <summary>Named settings. Values are numbers, strings, <see cref="DType"/>s, <see cref="Scalar"/>s, arrays of longs or null.</summary>
    public static Attributes Of(params (string Name, object? Value)[] items) => new(items);

    /// <summary>The value of a setting.</summary>
    /// <exception cref="KeyNotFoundException">There is no setting of that name.</exception>
    public object? this[string name]
    {
        get
        {
            foreach (var item in _items)
            {
                if (item.Name == name)
                {
                    return item.Value;
                }
            }

            throw new KeyNotFoundException($"No attribute '{name}'; there are: {string.Join(", ", _items.Select(i => i.Name))}.");
        }
    }

    /// <summary>The same settings but for one, which has another value.</summary>
    /// <exception cref="KeyNotFoundException">There is no setting of that name.</exception>
    internal Attributes With(string name, object? value)
    {
        _ = this[name];
        return new(Array.ConvertAll(_items, item => item.Name == name ? (name, value) : item));
    }

    /// <inheritdoc/>
    public bool Equals(Attributes? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || other._items.Length != _items.Length)
        {
            return false;
        }

        for (var i = 0; i < _items.Length; i++)
        {
            if (_items[i].Name != other._items[i].Name || !ValueEquals(_items[i].Value, other._items[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Attributes);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (name, value) in _items)
        {
            hash.Add(name);
            hash.Add(value is long[] longs ? longs.Length : value?.GetHashCode() ?? 0);
        }

        return hash.ToHashCode();
    }

    /// <summary>For example <c>dim=1 keepdim=True</c>.</summary>
    public override string ToString() => string.Join(" ", _items.Select(i => $"{i.Name}={Format(i.Value)}"));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        _items.Select(i => KeyValuePair.Create(i.Name, i.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool ValueEquals(object? left, object? right) =>
        left is long[] a && right is long[] b ? a.AsSpan().SequenceEqual(b) : ValueEquality.LeafEquals(left, right);

    private static string Format(object? value) => value switch
    {
        null => "None",
        long[] longs => $"[{string.Join(", ", longs)}]",
        DType dtype => dtype.Name(),
        double real => new Scalar(real).ToString(),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
