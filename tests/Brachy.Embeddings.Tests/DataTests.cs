using Brachy.Tests.Shared;
using Embeddings.Data;
using Samples.Shared;

namespace Embeddings.Tests;

public class DataTests
{
    [Theory]
    [InlineData("batch_norm", "batch norm")]
    [InlineData("MultiheadAttention", "multihead attention")]
    [InlineData("LSTMCell", "lstm cell")]
    [InlineData("HessianVectorProduct", "hessian vector product")]
    [InlineData("Gpt2", "gpt2")]
    public void A_name_becomes_words(string name, string words) => Assert.Equal(words, Pair.Words(name));

    [Fact]
    public void A_documented_member_is_a_pair()
    {
        const string Source = """
            public static class Numbers
            {
                /// <summary>
                /// The sum of <paramref name="values"/>, as <see cref="Enumerable.Sum(IEnumerable{int})"/> gives it,
                /// or <c>0</c>.
                /// </summary>
                /// <param name="values">What is added.</param>
                [Pure]
                public static int AddUp(int[] values) => values.Sum();

                /// <summary>A thing that nobody else sees.</summary>
                private static int Hidden;

                /// <summary>How often it was called by those who call.</summary>
                public int CallCount { get; set; }
            }
            """;

        Assert.Equal(
            [
                new Pair("add up", "The sum of values, as Sum gives it, or 0."),
                new Pair("call count", "How often it was called by those who call."),
            ],
            Pair.InSource(Source));
    }

    [Fact]
    public void The_repository_has_many_pairs()
    {
        var pairs = Pair.OfRepository();

        Assert.True(pairs.Count > 1000, $"{pairs.Count}");
        Assert.Equal(pairs.Count, pairs.DistinctBy(pair => pair.Answer).Count());
        Assert.DoesNotContain(pairs, pair => pair.Answer.Contains("cref=", StringComparison.Ordinal));
    }

    [Fact]
    public void Pairs_are_read_from_a_file()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "pairs.tsv");
        File.WriteAllText(file, "what is it?\tA thing.\n\nwhy? \t Because.\n");
        Assert.Equal([new Pair("what is it?", "A thing."), new Pair("why?", "Because.")], Pair.InFile(file));

        File.AppendAllText(file, "no tab here\n");
        Assert.Contains("line 4", Assert.Throws<InputException>(() => Pair.InFile(file)).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => Pair.InFile(file + ".missing"));
    }

    [Fact]
    public void Paragraphs_are_passages_with_their_line()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "below"));
        File.WriteAllText(Path.Combine(folder.Path, "b.md"), "# Title\n\nfirst line\nsecond line\n\n\n---\n\nlast");
        File.WriteAllText(Path.Combine(folder.Path, "below", "a.txt"), "\nonly one");
        File.WriteAllText(Path.Combine(folder.Path, "code.cs"), "not text");

        var passages = Passage.InFolder(folder.Path);

        Assert.Equal(
            [("b.md", 1, "# Title"), ("b.md", 3, "first line second line"), ("b.md", 9, "last"), ("a.txt", 2, "only one")],
            passages.Select(passage => (Path.GetFileName(passage.File), passage.Line, passage.Text)));
    }

    [Fact]
    public void A_folder_without_text_is_refused()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains(folder.Path, Assert.Throws<InputException>(() => Passage.InFolder(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => Passage.InFolder(Path.Combine(folder.Path, "missing")));
    }
}
