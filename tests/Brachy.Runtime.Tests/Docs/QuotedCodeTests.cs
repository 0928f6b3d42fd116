using System.Text.RegularExpressions;

namespace Brachy.Tests.Docs;

/// <summary>
/// The C# blocks of documents are quoted from files that are compiled and tested. A block's first line names its file,
/// <c>// path/from/the/root.cs</c>; or the document names one file for all blocks from there on, <c>&lt;!-- code: path.cs --&gt;</c>.
/// </summary>
[Trait("Category", "Quick")]
public partial class QuotedCodeTests
{
    /// <summary>Documents with code that is wrong on purpose, or only a sketch.</summary>
    private static readonly string[] s_unquoted = ["docs/diagnostics.md", "docs/architecture.md"];

    public static TheoryData<string> Documents =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat([Path.Combine(Repository.Root, "README.md"), Path.Combine(Repository.Root, "build", "package", "README.md")])
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')).Except(s_unquoted)
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void CodeIsQuotedFromAFileThatIsCompiled(string document)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, document)).ReplaceLineEndings("\n");
        var common = CommonFile().Matches(text);
        Assert.All(Block().Matches(text), block =>
        {
            var own = block.Groups["file"].Value;
            var file = own.Length > 0 ? own : common.LastOrDefault(named => named.Index < block.Index)?.Groups["file"].Value ?? "";
            Assert.True(file.Length > 0, $"{document}: a block names no file: {block.Value}");
            Assert.Contains(
                Lines(block.Groups["code"].Value), Lines(File.ReadAllText(Path.Combine(Repository.Root, file))), StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void LinksLeadToFiles(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        Assert.All(Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, document))), link =>
            Assert.True(
                Path.Exists(Path.Combine(folder, link.Groups["target"].Value)), $"{document} links to {link.Groups["target"].Value}."));
    }

    private static string Lines(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"```csharp\n(// (?<file>\S+\.cs)\n)?(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"<!-- code: (?<file>\S+\.cs) -->")]
    private static partial Regex CommonFile();

    [GeneratedRegex(@"\]\((?!https?:|#)(?<target>[^)#\s]+)")]
    private static partial Regex Link();
}
