using System.Text.Json;
using Brachy.IO;

namespace Brachy.Models;

/// <summary>The <c>config.json</c> of a model: values by name, each checked.</summary>
internal sealed class ConfigJson
{
    private const string FileName = "config.json";
    private const long MaxLength = 1 << 20;
    private const long MaxSize = 1 << 24;
    private const long MaxCount = 1000;
    private readonly string _path;
    private readonly string _prefix;
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    private ConfigJson(string path, string prefix, JsonElement root)
    {
        (_path, _prefix) = (path, prefix);
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Damaged($"is no configuration: {(prefix.Length > 0 ? $"'{prefix.TrimEnd('.')}'" : "it")} has no names and values");
        }

        foreach (var property in root.EnumerateObject())
        {
            if (!_values.TryAdd(property.Name, property.Value.Clone()))
            {
                throw Damaged($"says '{prefix}{property.Name}' twice");
            }
        }
    }

    /// <summary>Reads a file, or the <c>config.json</c> of a folder.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    public static ConfigJson Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Find(path);
        using var document = JsonFile.Read(path, MaxLength);
        return new(path, "", document.RootElement);
    }

    /// <summary>A size, at least 1.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is where the file does not say; null if it must.</param>
    public long Size(string name, long? otherwise = null) => Whole(name, 1, MaxSize, otherwise);

    /// <summary>How many there are of something that takes memory for itself, such as layers.</summary>
    public int Count(string name, int? otherwise = null) => (int)Whole(name, 1, MaxCount, otherwise);

    /// <summary>A size that need not be there.</summary>
    public long? FindSize(string name) => Has(name) ? Size(name) : null;

    /// <summary>A real number between two limits.</summary>
    public double Number(string name, double low, double high, double? otherwise = null)
    {
        if (!Has(name))
        {
            return otherwise ?? throw Lacks(name);
        }

        return _values[name] is { ValueKind: JsonValueKind.Number } value && value.GetDouble() is var number && number >= low
            && number <= high
            ? number
            : throw Damaged($"says {JsonFile.Short(_values[name])} for '{_prefix}{name}', which must be a number from {low} to {high}");
    }

    /// <summary>A truth value.</summary>
    public bool Flag(string name, bool otherwise) => !Has(name) ? otherwise : _values[name].ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Damaged($"says {JsonFile.Short(_values[name])} for '{_prefix}{name}', which must be true or false"),
    };

    /// <summary>A text.</summary>
    public string Text(string name, string otherwise) => !Has(name) ? otherwise : _values[name].ValueKind == JsonValueKind.String
        ? _values[name].GetString()!
        : throw Damaged($"says {JsonFile.Short(_values[name])} for '{_prefix}{name}', which must be a text");

    /// <summary>Values inside of one; null when there is nothing.</summary>
    public ConfigJson? Inner(string name) => Has(name) ? new(_path, $"{_prefix}{name}.", _values[name]) : null;

    /// <summary>Whether there is a value, and not null.</summary>
    public bool Has(string name) => _values.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A text that must be one of some.</summary>
    public string OneOf(string name, string otherwise, params ReadOnlySpan<string> known)
    {
        var value = Text(name, otherwise);
        return known.Contains(value) ? value : throw NotImplemented(name, $"'{value}'", string.Join(", ", known.ToArray()));
    }

    /// <summary>Refuses a truth value that is not implemented.</summary>
    public void Require(string name, bool value, bool otherwise)
    {
        if (Flag(name, otherwise) != value)
        {
            throw NotImplemented(name, value ? "false" : "true", value ? "true" : "false");
        }
    }

    /// <summary>What says that a value is none of those that there are.</summary>
    public CheckpointException NotImplemented(string name, string value, string known) => new(
        _path, $"asks for {value} as '{_prefix}{name}', which is not implemented: it can be {known}",
        "The weights would compute something else than they were trained for.");

    /// <summary>What says that the file is not as it should be.</summary>
    public CheckpointException Damaged(string problem) => new(_path, problem, "The file is damaged, or that of another kind of model.");

    private static string Find(string path)
    {
        if (Directory.Exists(path))
        {
            var file = Path.Combine(path, FileName);
            return File.Exists(file) ? file : throw new FileNotFoundException(
                $"The folder '{path}' has no {FileName}, which says what the model is. It comes with the weights; nothing is downloaded.",
                file);
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"There is no folder '{path}'. Nothing is downloaded: fetch the model first, such as by git clone of its repository (with "
                + "git-lfs), and give the path of its folder.", path);
        }

        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? path : throw new CheckpointException(
            path, "is a file, where the folder of a model is taken", $"Give the folder, with {FileName} beside the weights.");
    }

    private long Whole(string name, long low, long high, long? otherwise)
    {
        if (!Has(name))
        {
            return otherwise ?? throw Lacks(name);
        }

        return _values[name] is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) && number >= low
            && number <= high
            ? number
            : throw Damaged(
                $"says {JsonFile.Short(_values[name])} for '{_prefix}{name}', which must be a whole number from {low} to {high}");
    }

    private CheckpointException Lacks(string name) => Damaged($"does not say '{_prefix}{name}'");
}
