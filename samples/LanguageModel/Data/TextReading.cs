using System.Text;
using System.Text.Json;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.GZip;
using Samples.Shared;

namespace LanguageModel;

/// <summary>Part of a document, and the number of the document in its file.</summary>
internal readonly record struct Piece(string Text, long Document);

/// <summary>
/// Reads a file piece by piece, so that its size does not matter. Text in UTF-8 is one document; a file of JSON lines, as C4's, has one
/// in the member "text" of each line. Both may be gzipped.
/// </summary>
internal static class TextReading
{
    /// <summary>The length of a piece, in characters; the last of a document is shorter.</summary>
    public const int PieceLength = 4096;

    /// <summary>The pieces of a file.</summary>
    /// <exception cref="InputException">While enumerating: the file cannot be read, or is damaged.</exception>
    public static IEnumerable<Piece> Read(string path)
    {
        using var stream = Guarded(path, 0, () => Open(path));
        using var reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        foreach (var piece in IsJsonLines(path) ? JsonLines(path, reader) : Text(path, reader))
        {
            yield return piece;
        }
    }

    private static bool IsJsonLines(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;

        // C4's files are named .json.gz.
        return name.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)
            || (name != path && name.EndsWith(".json", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The content decides whether a file is gzipped: browsers unpack downloads and keep the ".gz".</summary>
    private static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;

        // That of .NET takes a cut file for a whole one.
        return isGzip ? new GZipInputStream(file) : file;
    }

    private static IEnumerable<Piece> Text(string path, StreamReader reader)
    {
        var buffer = new char[PieceLength];
        var kept = 0;
        while (true)
        {
            var start = kept;
            var read = Guarded(path, 0, () => reader.ReadBlock(buffer, start, buffer.Length - start));
            var length = kept + read;
            if (length == 0)
            {
                yield break;
            }

            // The first half of a character stays for the next piece.
            kept = read > 0 && length > 1 && char.IsHighSurrogate(buffer[length - 1]) ? 1 : 0;
            yield return new Piece(new string(buffer, 0, length - kept), 0);
            buffer[0] = buffer[length - 1];
        }
    }

    private static IEnumerable<Piece> JsonLines(string path, StreamReader reader)
    {
        for (var number = 1L; Guarded(path, number, reader.ReadLine) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var text = Guarded(path, number, () => TextOf(line))
                ?? throw new InputException($"{path}, line {number}: has no member \"text\" that is a text");
            for (var start = 0; start < text.Length;)
            {
                var end = Math.Min(start + PieceLength, text.Length);
                end -= end < text.Length && char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
                yield return new Piece(text[start..end], number);
                start = end;
            }
        }
    }

    private static string? TextOf(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
    }

    private static T Guarded<T>(string path, long line, Func<T> read)
    {
        var where = line > 0 ? $"{path}, line {line}" : path;
        try
        {
            return read();
        }
        catch (Exception e) when (e is SharpZipBaseException or EndOfStreamException)
        {
            throw new InputException($"{where}: is a damaged gzip file", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException($"{where}: is not text in UTF-8", e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InputException($"{where}: is not JSON: {e.Message}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InputException($"{where}: cannot be read", e);
        }
    }
}
