using System.Text;
using System.Text.RegularExpressions;
using Samples.Shared;

namespace Embeddings.Data;

/// <summary>A question and the text that answers it.</summary>
/// <param name="Query">The question.</param>
/// <param name="Answer">The text.</param>
internal sealed partial record Pair(string Query, string Answer)
{
    /// <summary>Pairs of a file, one on each line, with a tab between question and answer.</summary>
    /// <exception cref="InputException">There is no such file, or a line is no pair.</exception>
    public static List<Pair> InFile(string file)
    {
        if (!File.Exists(file))
        {
            throw new InputException($"{file}: there is no such file");
        }

        return [.. File.ReadLines(file).Index().Where(line => !string.IsNullOrWhiteSpace(line.Item)).Select(line =>
            line.Item.Split('\t', StringSplitOptions.TrimEntries) is [{ Length: > 0 } query, { Length: > 0 } answer]
                ? new Pair(query, answer)
                : throw new InputException($"{file}, line {line.Index + 1}: a question, a tab and an answer are expected"))];
    }

    /// <summary>
    /// What Brachy's own sources say: the words of a public member's name, and the sentence that documents it. Each sentence comes once.
    /// </summary>
    /// <exception cref="InputException">The program does not lie in the repository.</exception>
    public static List<Pair> OfRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Brachy.sln")))
            {
                var sources = Path.Combine(folder.FullName, "src", "Brachy.Runtime");
                return [.. Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
                    .Where(file => !Path.GetRelativePath(sources, file).StartsWith("obj", StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal).SelectMany(file => InSource(File.ReadAllText(file)))
                    .DistinctBy(pair => pair.Answer).DistinctBy(pair => pair.Query)];
            }
        }

        throw new InputException(
            $"{AppContext.BaseDirectory} does not lie in the repository, whose documentation is the default; name a file with --pairs");
    }

    /// <summary>The pairs of a source file.</summary>
    public static IEnumerable<Pair> InSource(string source)
    {
        foreach (Match match in Documented().Matches(source))
        {
            var answer = Markup().Replace(LineStart().Replace(match.Groups["summary"].Value, " "), Shown);
            answer = Spaces().Replace(answer, " ").Trim();
            var query = Words(match.Groups["name"].Value);
            if (query.Length > 3 && answer.Length > query.Length + 10)
            {
                yield return new(query, answer);
            }
        }
    }

    /// <summary>A name as words: <c>MultiheadAttention</c> and <c>batch_norm</c> become "multihead attention" and "batch norm".</summary>
    public static string Words(string name)
    {
        var words = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var begins = i > 0 && char.IsUpper(name[i])
                && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            words.Append(begins ? " " : "").Append(name[i] == '_' ? ' ' : char.ToLowerInvariant(name[i]));
        }

        return words.ToString().Trim();
    }

    /// <summary>What a reader sees of a tag: what a reference names, and nothing of others.</summary>
    private static string Shown(Match tag) => tag.Groups["name"].Value.Split('(', '{')[0].Split('.')[^1];

    [GeneratedRegex(
        @"/// <summary>(?<summary>(?:(?!</summary>)[\s\S])*)</summary>(?:\s*///[^\n]*|\s*\[[^\n]*\])*\s*"
        + @"public [^\n({=;]*?(?<name>\w+)(?:<[^\n(]*>)?\s*[({=;\n]")]
    private static partial Regex Documented();

    [GeneratedRegex("""<[^>]*?(?:(?:cref|name)="(?:[A-Z]:)?(?<name>[^"]*)")?\s*/?>""")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\n\s*///")]
    private static partial Regex LineStart();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
