using System.Globalization;
using Brachy.CompilerServices;

namespace Brachy;

/// <summary>
/// Settings that a whole model shares, such as <c>train_mode</c>: an immutable, JSON-like dictionary. Compared by content;
/// part of the compile key.
/// </summary>
public sealed class GlobalConfig : IEquatable<GlobalConfig>, IStaticContent
{
    private readonly SortedDictionary<string, object?> _values;
    private readonly int _hash;

    private GlobalConfig(SortedDictionary<string, object?> values)
    {
        _values = values;
        var hash = new HashCode();
        foreach (var (key, value) in values)
        {
            hash.Add(key);
            hash.Add(value is IReadOnlyList<object?> list ? list.Count : value?.GetHashCode() ?? 0);
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>A config with the given settings.</summary>
    /// <param name="values">Values are null, bool, integers, reals, strings, configs and lists of these.</param>
    /// <exception cref="ArgumentException">A value is of another type.</exception>
    public GlobalConfig(params (string Key, object? Value)[] values)
        : this(
            new SortedDictionary<string, object?>(values.ToDictionary(v => v.Key, v => Normalize(v.Key, v.Value)), StringComparer.Ordinal))
    {
    }

    /// <summary>No settings.</summary>
    public static GlobalConfig Empty { get; } = new();

    /// <summary>The names of the settings, sorted.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>A setting.</summary>
    /// <exception cref="KeyNotFoundException">There is no such setting; the message lists those there are.</exception>
    public object? this[string key] => _values.TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException($"The config has no '{key}'; it has {{{string.Join(", ", _values.Keys)}}}.");

    /// <summary>A setting, or a default when there is none.</summary>
    /// <typeparam name="T">
    /// bool, a number type, string, an enum, <see cref="GlobalConfig"/>, <see cref="IReadOnlyList{T}"/> of object, or one of strings, as
    /// which a single string is read too.
    /// </typeparam>
    /// <exception cref="InvalidCastException">The setting is of another type.</exception>
    public T Get<T>(string key, T defaultValue)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return defaultValue;
        }

        return ConvertTo<T>(value) is { Found: true } converted
            ? converted.Value!
            : throw new InvalidCastException($"The setting '{key}' is {StaticText.Of(value)}, which is no {TypeText.Of(typeof(T))}.");
    }

    /// <summary>Whether there is such a setting.</summary>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <summary>The same settings with one changed or added.</summary>
    public GlobalConfig With(string key, object? value)
    {
        var values = new SortedDictionary<string, object?>(_values, StringComparer.Ordinal) { [key] = Normalize(key, value) };
        return new GlobalConfig(values);
    }

    /// <summary>The settings of both; where both have one, the parent's wins, and nested configs are merged.</summary>
    /// <param name="parent">The settings that win.</param>
    /// <param name="child">The settings that fill gaps.</param>
    public static GlobalConfig Merge(GlobalConfig parent, GlobalConfig child)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(child);
        if (child._values.Count == 0 || parent.Equals(child))
        {
            return parent;
        }

        var values = new SortedDictionary<string, object?>(parent._values, StringComparer.Ordinal);
        foreach (var (key, value) in child._values)
        {
            if (!values.TryGetValue(key, out var own))
            {
                values.Add(key, value);
            }
            else if (own is GlobalConfig ownConfig && value is GlobalConfig childConfig)
            {
                values[key] = Merge(ownConfig, childConfig);
            }
        }

        return new GlobalConfig(values);
    }

    /// <inheritdoc/>
    public bool Equals(GlobalConfig? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || _hash != other._hash || _values.Count != other._values.Count)
        {
            return false;
        }

        foreach (var (key, value) in _values)
        {
            if (!other._values.TryGetValue(key, out var theirs) || !ValueEquals(value, theirs))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GlobalConfig);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>For example <c>{train_mode: True}</c>.</summary>
    public override string ToString() =>
        $"{{{string.Join(", ", _values.Select(e => $"{e.Key}: {StaticText.Of(e.Value)}"))}}}";

    /// <summary>Converts without loss: 3 to 3.0, 2.0 to 2, a name to its enum value; not 2.7 to an integer.</summary>
    private static (bool Found, T? Value) ConvertTo<T>(object? value)
    {
        if (value is T typed)
        {
            return (true, typed);
        }

        if (value is null)
        {
            return (default(T) is null, default);
        }

        if (typeof(T) == typeof(IReadOnlyList<string>))
        {
            return Strings(value) is T strings ? (true, strings) : default;
        }

        var target = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        try
        {
            if (target.IsEnum)
            {
                return value is string name && Enum.TryParse(target, name, ignoreCase: true, out var parsed) ? (true, (T)parsed) : default;
            }

            var converted = value is long or double ? Convert.ChangeType(value, target, CultureInfo.InvariantCulture) : null;
            var isExact = converted is not (null or string)
                && Convert.ToDouble(converted, CultureInfo.InvariantCulture) == Convert.ToDouble(value, CultureInfo.InvariantCulture);
            return isExact || (target == typeof(float) && converted is not null) ? (true, (T)converted!) : default;
        }
        catch (Exception error) when (error is InvalidCastException or FormatException or OverflowException)
        {
            return default;
        }
    }

    private static IReadOnlyList<string>? Strings(object value) => value switch
    {
        string one => Array.AsReadOnly([one]),
        IReadOnlyList<object?> list when list.All(item => item is string) => Array.AsReadOnly(list.Cast<string>().ToArray()),
        _ => null,
    };

    private static bool ValueEquals(object? left, object? right) => (left, right) switch
    {
        (IReadOnlyList<object?> a, IReadOnlyList<object?> b) =>
            a.Count == b.Count && a.Zip(b).All(pair => ValueEquals(pair.First, pair.Second)),
        _ => ValueEquality.LeafEquals(left, right),
    };

    private static object? Normalize(string key, object? value, int depth = 0) => value switch
    {
        _ when NestingDepth.IsTooDeep(depth) =>
            throw new ArgumentException($"The setting '{key}' is a list that contains itself, or is nested too deeply."),
        null or bool or long or double or string or GlobalConfig => value,
        int or short or sbyte or byte or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        float single => (double)single,
        Enum named => named.ToString(),
        IEnumerable<object?> list => Array.AsReadOnly(list.Select(v => Normalize(key, v, depth + 1)).ToArray()),
        System.Collections.IList list => Array.AsReadOnly(list.Cast<object?>().Select(v => Normalize(key, v, depth + 1)).ToArray()),
        _ => throw new ArgumentException(
            $"The setting '{key}' is {Article.With(TypeText.OfValue(value))}; a config holds bools, numbers, strings, lists and configs."),
    };
}
