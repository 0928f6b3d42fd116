using System.Text.Json;
using Brachy.IO;

namespace Brachy.Models.Text;

/// <summary>Reads the files of tokenizers.</summary>
internal static class TokenizerFile
{
    // Those of the largest vocabularies have some megabytes.
    private const long MaxLength = 64 << 20;

    /// <summary>Makes a tokenizer of a file; whatever its library says of a damaged one names the file.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static T Read<T>(string path, Func<Stream, T> make)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > MaxLength)
        {
            throw new CheckpointException(path, $"has {stream.Length} bytes, more than the {MaxLength} that a tokenizer may have");
        }

        try
        {
            return make(stream);
        }
        catch (Exception error) when (error is not (CheckpointException or OutOfMemoryException))
        {
            throw new CheckpointException(
                path, $"is no tokenizer that can be read: {error.Message.TrimEnd('.')}",
                "The file is damaged or of another kind; download it again.", error);
        }
    }

    /// <summary>The numbers of a <c>vocab.json</c>.</summary>
    public static Dictionary<string, int> ReadNumbers(Stream vocabulary)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        using var json = JsonDocument.Parse(vocabulary, new JsonDocumentOptions { MaxDepth = 4 });
        foreach (var entry in json.RootElement.EnumerateObject())
        {
            if (!numbers.TryAdd(entry.Name, entry.Value.GetInt32()))
            {
                throw new FormatException($"The token '{entry.Name}' has two numbers.");
            }
        }

        return numbers;
    }

    /// <summary>The lines of a <c>merges.txt</c>.</summary>
    public static List<string> ReadMerges(Stream merges)
    {
        var pairs = new List<string>();
        using var reader = new StreamReader(merges, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            // The first line is the version.
            if (line.Length > 0 && !(pairs.Count == 0 && line.StartsWith("#version", StringComparison.Ordinal)))
            {
                pairs.Add(line.Split(' ') is [{ Length: > 0 }, { Length: > 0 }] ? line : throw new FormatException(
                    $"'{line}' is no pair of tokens."));
            }
        }

        return pairs;
    }
}
