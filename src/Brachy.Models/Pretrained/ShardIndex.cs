using System.Text;
using System.Text.Json;
using Brachy.IO;

namespace Brachy.Models;

/// <summary>Which file of a model has which tensor, as <c>model.safetensors.index.json</c> and its like say.</summary>
internal sealed class ShardIndex
{
    // Those of the largest models have about a megabyte.
    private const long MaxLength = 16 << 20;
    private const long MaxTotal = 1L << 50;

    private readonly string _path;
    private readonly OnnxDataFile _folder;
    private readonly Dictionary<string, string> _fileOf = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, HashSet<string>> _files = new(StringComparer.Ordinal);

    private ShardIndex(string path)
    {
        _path = path;
        _folder = new(path);
    }

    /// <summary>The files, and the names of the tensors in each.</summary>
    public IEnumerable<KeyValuePair<string, HashSet<string>>> Files => _files;

    /// <summary>Whether the index says where a tensor is.</summary>
    public bool Has(string name) => _fileOf.ContainsKey(name);

    /// <summary>The path of a file, which lies in the folder of the index.</summary>
    /// <exception cref="CheckpointException">It does not.</exception>
    public string Find(string file)
    {
        try
        {
            return _folder.Find(file);
        }
        catch (WireException error)
        {
            throw Refused(error.Message);
        }
    }

    /// <exception cref="CheckpointException">The file is damaged, or no such index.</exception>
    public static ShardIndex Read(string path)
    {
        var index = new ShardIndex(path);
        using var document = JsonFile.Read(path, MaxLength, maxDepth: 8);
        try
        {
            index.Fill(document.RootElement);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or DecoderFallbackException)
        {
            throw index.Refused($"is no index of a model: {error.Message.TrimEnd('.')}");
        }

        return index;
    }

    private void Fill(JsonElement root)
    {
        JsonElement? map = null;
        foreach (var property in root.EnumerateObject())
        {
            switch (property.Name)
            {
                case "weight_map":
                    map = map is null ? property.Value : throw Refused("has 'weight_map' twice");
                    break;
                case "metadata" when property.Value.ValueKind == JsonValueKind.Object
                    && property.Value.TryGetProperty("total_size", out var total):
                    RequireSize(total);
                    break;
            }
        }

        foreach (var entry in (map ?? throw Refused("has no 'weight_map'")).EnumerateObject())
        {
            var file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
            if (file.Length == 0 || entry.Name.Length == 0)
            {
                throw Refused($"does not say in which file '{entry.Name}' is");
            }

            if (!_fileOf.TryAdd(entry.Name, file))
            {
                throw Refused($"says twice where '{entry.Name}' is");
            }

            if (!_files.TryGetValue(file, out var names))
            {
                _files.Add(file, names = new(StringComparer.Ordinal));
            }

            names.Add(entry.Name);
        }

        if (_files.Count == 0)
        {
            throw Refused("names no tensors");
        }
    }

    /// <summary>
    /// Some write the sum as a real number. It is of no use here, but a wrong one shows that the file is not what it seems.
    /// </summary>
    private void RequireSize(JsonElement total)
    {
        if (total.ValueKind != JsonValueKind.Number || total.GetDouble() is not (>= 0 and <= MaxTotal))
        {
            throw Refused($"says that its tensors take {JsonFile.Short(total)} bytes, which cannot be");
        }
    }

    private CheckpointException Refused(string problem) =>
        new(_path, problem, "The index is damaged, or was not made by the library that saves such models.");
}
