using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Brachy.Tests.Docs;

/// <summary>Code that a document quotes from a file is in that file.</summary>
public partial class QuotedCodeTests
{
    [Theory]
    [InlineData("docs/adding-an-op.md", 5)]
    public void Quoted_code_is_in_the_file_that_it_names(string document, int blocks)
    {
        var root = Root();
        var quotes = Quote().Matches(File.ReadAllText(Path.Combine(root, document)));
        Assert.True(quotes.Count >= blocks, $"{document} quotes {quotes.Count} blocks.");
        Assert.All(quotes, quote =>
            Assert.Contains(Lines(quote.Groups["code"].Value), Lines(File.ReadAllText(Path.Combine(root, quote.Groups["file"].Value))), StringComparison.Ordinal));
    }

    private static string Lines(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    [GeneratedRegex(@"```csharp\n// (?<file>\S+\.cs)\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Quote();
}
