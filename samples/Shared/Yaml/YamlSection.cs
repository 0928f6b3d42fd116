using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Samples.Shared;

/// <summary>
/// A mapping of a YAML file, read key by key. What is wrong is reported with its line and the whole name of its key; so are keys that
/// nobody has asked for.
/// </summary>
internal sealed class YamlSection
{
    private readonly string _file;
    private readonly string _prefix;
    private readonly YamlMappingNode _node;
    private readonly List<YamlSection> _sections = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private YamlSection(string file, string prefix, YamlMappingNode node)
    {
        (_file, _prefix, _node) = (file, prefix, node);
    }

    /// <summary>The text of a configuration file.</summary>
    /// <exception cref="InputException">There is no such file, or it may not be read.</exception>
    public static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new InputException($"the configuration {file} cannot be read", e);
        }
    }

    /// <summary>The root of a document.</summary>
    /// <param name="file">What errors call it.</param>
    /// <param name="text">The document.</param>
    /// <exception cref="InputException">It is not YAML, or its root is no mapping.</exception>
    public static YamlSection Parse(string file, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new InputException($"{file}, line {e.Start.Line}: is not YAML: {e.InnerException?.Message ?? e.Message}", e);
        }

        return stream.Documents.Count switch
        {
            0 => new YamlSection(file, "", []),
            1 when stream.Documents[0].RootNode is YamlMappingNode root => new YamlSection(file, "", root),
            1 => throw new InputException($"{file}, line {stream.Documents[0].RootNode.Start.Line}: must hold keys with values"),
            _ => throw new InputException($"{file}, line {stream.Documents[1].RootNode.Start.Line}: holds a second document"),
        };
    }

    /// <summary>The mapping under a key; an empty one where there is none.</summary>
    public YamlSection Section(string key)
    {
        var section = Find(key) switch
        {
            null => new YamlSection(_file, $"{_prefix}{key}.", []),
            YamlMappingNode node => new YamlSection(_file, $"{_prefix}{key}.", node),
            var other => throw Wrong(other, key, "must hold keys with values"),
        };
        _sections.Add(section);
        return section;
    }

    /// <summary>A whole number, which may be written like 1e9.</summary>
    public long Whole(string key, long min, long max, long initial)
    {
        if (Find(key) is not { } node)
        {
            return initial;
        }

        return Number(node) is { } value && value == Math.Floor(value) && value >= min && value <= max
            ? (long)value
            : throw Wrong(node, key, $"must be a whole number from {min} to {max}, not {Text(node)}");
    }

    /// <inheritdoc cref="Whole"/>
    public int Whole(string key, int min, int max, int initial) => (int)Whole(key, (long)min, max, initial);

    /// <summary>A number.</summary>
    public double Real(string key, double min, double max, double initial) => Find(key) is { } node ? Real(node, key, min, max) : initial;

    /// <summary>A number, or null.</summary>
    public double? RealOrNone(string key, double min, double max, double? initial) => Find(key) switch
    {
        null => initial,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "null" or "none" or "~" or "" } => null,
        var node => Real(node, key, min, max),
    };

    /// <summary>Two numbers.</summary>
    public (double First, double Second) Pair(string key, double min, double max, (double First, double Second) initial) => Find(key) switch
    {
        null => initial,
        YamlSequenceNode { Children: [var first, var second] } => (Real(first, key, min, max), Real(second, key, min, max)),
        var node => throw Wrong(node, key, $"must be two numbers in brackets, not {Text(node)}"),
    };

    /// <summary>Whole numbers.</summary>
    public IReadOnlyList<long> Wholes(string key, long min, long max, IReadOnlyList<long> initial) => Find(key) switch
    {
        null => initial,
        YamlSequenceNode list => [.. list.Children.Select(item => Number(item) is { } value && value == Math.Floor(value) && value >= min
            && value <= max ? (long)value : throw Wrong(item, key, $"must be whole numbers from {min} to {max}, not {Text(item)}"))],
        var node => throw Wrong(node, key, $"must be numbers in brackets, not {Text(node)}"),
    };

    /// <summary>true or false.</summary>
    public bool Flag(string key, bool initial) => Choice(key, initial, ("true", true), ("false", false));

    /// <summary>One of some words.</summary>
    public T Choice<T>(string key, T initial, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (Find(key) is not { } node)
        {
            return initial;
        }

        foreach (var (word, value) in choices)
        {
            if (node is YamlScalarNode scalar && scalar.Value == word)
            {
                return value;
            }
        }

        var words = new List<string>();
        foreach (var (word, _) in choices)
        {
            words.Add(word);
        }

        throw Wrong(node, key, $"must be {string.Join(", ", words.SkipLast(1))} or {words[^1]}, not {Text(node)}");
    }

    /// <summary>Throws when there is a key that has not been asked for, here or in a section.</summary>
    /// <exception cref="InputException">There is one.</exception>
    public void RequireNoOtherKeys()
    {
        foreach (var (node, _) in _node.Children)
        {
            if (node is not YamlScalarNode { Value: { } key } || !_known.Contains(key))
            {
                throw new InputException($"{_file}, line {node.Start.Line}: there is no key '{_prefix}{node}'; known are "
                    + $"{string.Join(", ", _known.Order(StringComparer.Ordinal))}");
            }
        }

        _sections.ForEach(section => section.RequireNoOtherKeys());
    }

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return _node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
    }

    private double Real(YamlNode node, string key, double min, double max) => Number(node) is { } value && value >= min && value <= max
        ? value
        : throw Wrong(node, key, FormattableString.Invariant($"must be a number from {min} to {max}, not {Text(node)}"));

    // In quotes it would be a text.
    private static double? Number(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain } scalar
        && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    private static string Text(YamlNode node) => node switch
    {
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => $"'{scalar.Value}'",
        YamlScalarNode scalar => $"the text '{scalar.Value}'",
        YamlSequenceNode => "a list",
        _ => "keys with values",
    };

    private InputException Wrong(YamlNode node, string key, string rule) => new($"{_file}, line {node.Start.Line}: {_prefix}{key} {rule}");
}
