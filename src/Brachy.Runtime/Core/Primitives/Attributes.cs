namespace Brachy.Extending;

/// <summary>Settings by name. Being replaced by a record for each primitive.</summary>
internal sealed record Attributes : Settings, IEnumerable<KeyValuePair<string, object?>>
{
    private readonly (string Name, object? Value)[] _items;

    private Attributes((string, object?)[] items) => _items = items;

    /// <summary>Named settings. Values are numbers, strings, <see cref="DType"/>s, <see cref="Scalar"/>s, arrays of longs or null.</summary>
    public static Attributes Of(params (string Name, object? Value)[] items) => new(items);

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        Array.ConvertAll(_items, item => (item.Name, item.Value is long[] longs ? (Shape)longs : item.Value));

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
    public bool Equals(Attributes? other) => base.Equals(other) && Entries.SequenceEqual(other!.Entries);

    /// <inheritdoc/>
    public override int GetHashCode() => _items.Length;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        _items.Select(i => KeyValuePair.Create(i.Name, i.Value)).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
