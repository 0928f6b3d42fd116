using Samples.Shared;

namespace Embeddings.Data;

/// <summary>A paragraph of a text file.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The number of its first line, from 1.</param>
/// <param name="Text">The text, on one line.</param>
internal sealed record Passage(string File, int Line, string Text)
{
    private static readonly string[] s_endings = [".txt", ".md", ".rst", ".adoc", ".text"];

    /// <summary>The paragraphs of all text files in a folder and below it, in the order of their paths.</summary>
    /// <exception cref="InputException">There is no such folder, or no text in it.</exception>
    public static List<Passage> InFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InputException($"{folder}: there is no such folder");
        }

        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        };
        var passages = Directory.EnumerateFiles(folder, "*", options)
            .Where(file => s_endings.Contains(Path.GetExtension(file).ToLowerInvariant()))
            .Order(StringComparer.Ordinal).SelectMany(InFile).ToList();
        return passages.Count > 0 ? passages
            : throw new InputException($"{folder}: there is no text in files that end with {string.Join(", ", s_endings)}");
    }

    /// <summary>Lines without an empty one between them are a paragraph; what has no word in it is none.</summary>
    public static IEnumerable<Passage> InFile(string file)
    {
        var (start, lines) = (0, new List<string>());
        foreach (var (number, line) in System.IO.File.ReadLines(file).Append("").Index())
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                start = lines.Count == 0 ? number + 1 : start;
                lines.Add(line.Trim());
            }
            else
            {
                if (lines.Exists(text => text.Any(char.IsLetter)))
                {
                    yield return new(file, start, string.Join(' ', lines));
                }

                lines.Clear();
            }
        }
    }
}
