using System.Text.Json;
using Brachy.IO;

namespace Brachy.Models;

/// <summary>Reads files of JSON, of bounded length.</summary>
internal static class JsonFile
{
    private const int ShownLength = 60;

    /// <summary>The content of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxLength">The most bytes that it may have.</param>
    /// <param name="maxDepth">How deeply values may nest.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">It is longer, or no JSON.</exception>
    public static JsonDocument Read(string path, long maxLength, int maxDepth = 32)
    {
        using var file = CheckpointFile.Open(path);
        if (file.Length > maxLength)
        {
            throw file.Refused($"has {file.Length} bytes, where a file of its kind has at most {maxLength}");
        }

        var bytes = file.Read(0, file.Length, "the text");
        try
        {
            // Editors of some systems put a mark of the encoding before the text.
            var text = bytes.AsMemory(bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0);
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = maxDepth });
        }
        catch (JsonException error)
        {
            throw new CheckpointException(
                path, $"is no JSON: {error.Message.TrimEnd('.')}", "The file is damaged or of another kind; download it again.", error);
        }
    }

    /// <summary>A value for messages.</summary>
    public static string Short(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= ShownLength ? text : text[..ShownLength] + "…";
    }
}
