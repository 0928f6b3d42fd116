using System.Text.Json;
using Brachy.IO;
using Brachy.Models.Text;
using Brachy.Tests.Shared;

namespace Brachy.Models.Tests.Text;

/// <summary>Small tokenizers that Fixtures/text_tokenizers.py wrote, with the tokens that it found.</summary>
[Trait("Category", "Quick")]
public class TextTokenizerTests
{
    public static TheoryData<string> Names => new("tokens-bert", "tokens-gpt2", "tokens-llama");

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokens_are_those_of_the_published_algorithm(string name)
    {
        var tokenizer = TextTokenizer.FromPretrained(FolderOf(name));
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(FolderOf(name), "expected.json")));
        foreach (var row in expected.RootElement.EnumerateArray())
        {
            var text = row[0].GetString()!;
            Assert.Equal((text, string.Join(' ', row[1].EnumerateArray())), (text, string.Join(' ', tokenizer.Encode(text))));
        }
    }

    [Theory]
    [InlineData("tokens-gpt2", "The cat sat on 42 mats, é!")]
    [InlineData("tokens-llama", "the cat sat on the mat")]
    public void Tokens_give_the_text_again(string name, string text)
    {
        var tokenizer = TextTokenizer.FromPretrained(FolderOf(name));
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text).Where(id => id != 1 || name == "tokens-gpt2")).TrimStart());
    }

    [Fact]
    public void A_batch_is_padded_at_the_end_and_cut()
    {
        var tokenizer = TextTokenizer.FromPretrained(FolderOf("tokens-bert"));
        var batch = tokenizer.EncodeBatch(["the cat sat on the mat", "cat"], maxLength: 5);
        Assert.Equal([2, 5], batch.InputIds.shape.Sizes);
        Assert.Equal([1L, 1, 1, 1, 1, 1, 1, 1, 0, 0], batch.AttentionMask.ToArray<long>());
        var ids = batch.InputIds.ToArray<long>();
        Assert.Equal((3L, 3L, 0L, 0L), (ids[4], ids[7], ids[8], ids[9]));

        Assert.Equal(8, tokenizer.EncodeBatch(["the cat"], multipleOf: 8).InputIds.shape[1]);
        Assert.Equal(6, tokenizer.EncodeBatch(["the cat"], maxLength: 6, multipleOf: 8).InputIds.shape[1]);
        Assert.Throws<ArgumentException>(() => tokenizer.EncodeBatch([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.EncodeBatch(["a"], maxLength: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Encode("a", maxLength: -1));
    }

    [Fact]
    public void An_empty_text_of_a_model_without_special_tokens_is_one_position_of_padding()
    {
        var batch = TextTokenizer.FromPretrained(FolderOf("tokens-gpt2")).EncodeBatch([""]);
        Assert.Equal([1, 1], batch.InputIds.shape.Sizes);
        Assert.Equal([0L], batch.AttentionMask.ToArray<long>());
    }

    [Fact]
    public void Capital_letters_count_if_the_folder_says_so()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ncat\nCat\n");
        Assert.Equal([2, 5, 5, 3], TextTokenizer.FromPretrained(folder.Path).Encode("cat Cat"));
        folder.Write("tokenizer_config.json", """{"do_lower_case": false}""");
        Assert.Equal([2, 5, 6, 3], TextTokenizer.FromPretrained(folder.Path).Encode("cat Cat"));
    }

    public static TheoryData<string, string, string> Damaged => new()
    {
        { "vocab.txt", "", "no tokenizer" },
        { "vocab.txt", "[PAD]\ncat", "no tokenizer" },
        { "tokenizer.model", "", "no tokenizer" },
        { "tokenizer.model", "\u0001\u0002 not protobuf", "no tokenizer" },
        { "vocab.json", "not json", "no tokenizer" },
        { "vocab.json", "{\"a\": 1, \"a\": 2}", "no tokenizer" },
        { "vocab.json", "{\"a\": \"b\"}", "no tokenizer" },
        { "vocab.json", "[1]", "no tokenizer" },
        { "merges.txt", "a b c\n", "no pair" },
        { "merges.txt", "nothing known\n", "no tokenizer" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void What_is_damaged_is_refused_by_name(string file, string content, string message)
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.json", "{\"a\": 0, \"b\": 1, \"ab\": 2}");
        folder.Write("merges.txt", "a b\n");
        Assert.Equal(0, TextTokenizer.FromPretrained(folder.Path).PaddingId);
        folder.Write(file, content);

        var error = Assert.Throws<CheckpointException>(() => TextTokenizer.FromPretrained(folder.Path));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_known_tokenizer_says_what_is_read()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("neither vocab.txt", Assert.Throws<FileNotFoundException>(
            () => TextTokenizer.FromPretrained(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("tokenizer.json", "{}");
        Assert.Contains("TextTokenizer.Of", Assert.Throws<FileNotFoundException>(
            () => TextTokenizer.FromPretrained(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static string FolderOf(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);
}
