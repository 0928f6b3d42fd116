using System.IO.Compression;
using System.Text;
using Brachy.Tests.Shared;
using Samples.Shared;

namespace LanguageModel.Tests;

/// <summary>Files to pieces, pieces to rows, rows to batches.</summary>
[Trait("Category", "Quick")]
public class DataTests
{
    private const long Pad = TrainingSteps.Padding;
    private static readonly ByteTokenizer s_bytes = new();

    [Fact]
    public void DocumentsArePackedIntoRowsThatOverlapByOne()
    {
        Piece[] pieces = [new("abc", 1), new("de", 1), new("f", 2)];
        long[][] expected = [['a', 'b', 'c', 'd'], ['d', 'e', 256, 'f'], ['f', 256, Pad, Pad]];
        Assert.Equal(expected, Rows.Of(pieces, s_bytes, length: 3, pack: true));
    }

    [Fact]
    public void WithoutPackingEachDocumentStartsARow()
    {
        Piece[] pieces = [new("abc", 1), new("de", 1), new("f", 2), new("", 3)];
        long[][] expected = [['a', 'b', 'c', 'd'], ['d', 'e', 256, Pad], ['f', 256, Pad, Pad]];
        Assert.Equal(expected, Rows.Of(pieces, s_bytes, length: 3, pack: false));
    }

    [Fact]
    public void BatchesCountWhatIsToBeForetold()
    {
        long[][] rows = [[1, 2, 3], [4, 5, Pad], [6, 7, 8]];
        using var source = Brachy.Data.Batches.Of(rows, new() { Size = 2, Reuse = false }, own => Batch.Of(own, 2));
        source.Seek(4);
        var batches = source.Epoch().ToArray();
        Assert.Equal(2, batches.Length);
        Assert.Equal((3, 4, 0), (batches[0].Targets, batches[0].Epoch, batches[0].Number));
        Assert.Equal([6, 7, 8, Pad, Pad, Pad], batches[1].Tokens.ToArray<long>());
        Assert.Equal((2, 1), (batches[1].Targets, batches[1].Number));
    }

    [Fact]
    public void HeldOutPiecesAreNeverLearned()
    {
        using var folder = new TemporaryFolder();
        var files = Enumerable.Range(0, 12)
            .Select(i => folder.Write($"{i:D2}.txt", string.Concat(Enumerable.Range(0, 1500).Select(j => $"{i * 10000 + j}\n")))).ToArray();
        var corpus = new Corpus(files, heldOutEvery: 4);
        var (train, heldOut) = (corpus.Training(1, 0).Select(p => p.Text).ToArray(), corpus.HeldOut().Select(p => p.Text).ToArray());
        var all = files.SelectMany(TextReading.Read).Select(p => p.Text).ToArray();
        Assert.Equal(all.Order(StringComparer.Ordinal), train.Concat(heldOut).Order(StringComparer.Ordinal));
        Assert.Equal((double)all.Length / 4, heldOut.Length, 1.0);
        Assert.Equal(train, corpus.Training(1, 0).Select(p => p.Text));
        Assert.NotEqual(train, corpus.Training(1, 1).Select(p => p.Text));
        Assert.NotEqual(train, corpus.Training(2, 0).Select(p => p.Text));
    }

    [Fact]
    public void ReadingGoesOnWhereItWas()
    {
        using var folder = new TemporaryFolder();
        var corpus = new Corpus([folder.Write("a.txt", string.Concat(Enumerable.Range(0, 400).Select(i => $"{i} ")))], heldOutEvery: 20);
        var settings = TestRuns.Settings;
        using var batches = new TextBatches(corpus, s_bytes, settings);
        using var direct = new TextBatches(corpus, s_bytes, settings with { Train = settings.Train with { NumWorkers = 0 } });
        static (long[] Tokens, int Epoch, int Number)[] Some(TextBatches source, int epoch, int number, int count) =>
            [.. source.From(epoch, number).Take(count).Select(batch => (batch.Tokens.ToArray<long>(), batch.Epoch, batch.Number))];
        var all = Some(batches, 0, 0, 80);
        Assert.Equal(2, all[^1].Epoch);
        foreach (var start in new[] { 1, 17, 31 })
        {
            var (_, epoch, number) = all[start - 1];
            foreach (var source in (TextBatches[])[batches, direct])
            {
                var rest = Some(source, epoch, number + 1, 10);
                Assert.Equal(all[start..(start + 10)].Select(one => one.Tokens), rest.Select(one => one.Tokens));
                Assert.Equal(all[start..(start + 10)].Select(one => (one.Epoch, one.Number)), rest.Select(one => (one.Epoch, one.Number)));
            }
        }
    }

    [Fact]
    public void LinesOfJsonAreDocuments()
    {
        using var folder = new TemporaryFolder();
        const string Lines = "{\"text\": \"one\\n\", \"url\": 1}\n\n{\"timestamp\": \"\", \"text\": \"tw\\u00f6\"}";
        string[] files =
        [
            folder.Write("a.jsonl", Lines), folder.Write("b.jsonl.gz", Gzip(Lines)),
            folder.Write("c4-train.00000-of-01024.json.gz", Gzip(Lines)),
        ];
        foreach (var file in files)
        {
            Assert.Equal([new Piece("one\n", 1), new Piece("twö", 3)], TextReading.Read(file));
        }

        Assert.Equal([new Piece(Lines, 0)], TextReading.Read(folder.Write("d.txt", Lines)));
        Assert.Equal(files.Append(folder["d.txt"]), TextFiles.Find([folder.Path]));
    }

    [Theory]
    [InlineData("text.txt")]
    [InlineData("lines.jsonl")]
    public void LongTextsComeInPieces(string name)
    {
        using var folder = new TemporaryFolder();
        var text = "x" + string.Concat(Enumerable.Repeat("😀ab", 5000));
        var file = folder.Write(name, name.EndsWith(".txt", StringComparison.Ordinal) ? text : $"{{\"text\": \"{text}\"}}");
        var pieces = TextReading.Read(file).ToArray();
        Assert.Equal(text, string.Concat(pieces.Select(piece => piece.Text)));
        Assert.All(pieces, piece => Assert.InRange(piece.Text.Length, 1, TextReading.PieceLength));
        Assert.All(pieces, piece => Assert.False(char.IsHighSurrogate(piece.Text[^1])));
        Assert.True(pieces.Length >= text.Length / TextReading.PieceLength);
    }

    public static TheoryData<string, byte[], string> Damaged => new()
    {
        { "a.jsonl", "{\"text\": \"one\"}\n{\"text\": "u8.ToArray(), ", line 2: is not JSON: " },
        { "a.jsonl", "{\"text\": \"one\"}\n{\"text\": 3}"u8.ToArray(), ", line 2: has no member \"text\" that is a text" },
        { "a.jsonl", "[1]"u8.ToArray(), ", line 1: has no member \"text\" that is a text" },
        { "a.jsonl", "{\"text\": \"\\ud800\"}"u8.ToArray(), ", line 1: is not JSON: " },
        { "a.txt", [0x61, 0xC3, 0x28], ": is not text in UTF-8" },
        { "a.gz", [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8], ": is a damaged gzip file" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void DamagedFilesAreRefusedByNameAndLine(string name, byte[] content, string message)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(name, content);
        Assert.StartsWith(
            path + message, Assert.Throws<InputException>(() => TextReading.Read(path).ToArray()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CutGzipFilesAreRefusedUnlessTheTextIsWhole()
    {
        using var folder = new TemporaryFolder();
        var text = string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i} "));
        var whole = Gzip(text);
        for (var length = 3; length < whole.Length; length += length < 32 || length > whole.Length - 12 ? 1 : 97)
        {
            var path = folder.Write("a.txt.gz", whole[..length]);
            var read = new List<string>();
            var failed = Record.Exception(() => read.AddRange(TextReading.Read(path).Select(piece => piece.Text)));
            Assert.True(
                failed is InputException || (length >= whole.Length - 8 && string.Concat(read) == text),
                $"{length} of {whole.Length} bytes were read: {failed}");
        }
    }

    [Fact]
    public void MissingFilesAndEmptyFoldersAreRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "has no files", Assert.Throws<InputException>(() => TextFiles.Find([folder.Path])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "there is no such file", Assert.Throws<InputException>(() => TextFiles.Find([folder["x"]])).Message, StringComparison.Ordinal);
        var empty = new Corpus([folder.Write("e.txt", "")], 20);
        Assert.Equal(
            "there is no text to learn from",
            Assert.Throws<InputException>(() => new TextBatches(empty, s_bytes, TestRuns.Settings).From(0, 0).First()).Message);
    }

    [Fact]
    public void TheRepositorysTextIsItsSources()
    {
        var files = TextFiles.OfRepository();
        Assert.Contains(files, file => file.EndsWith(Path.Combine("samples", "LanguageModel", "Program.cs"), StringComparison.Ordinal));
        Assert.Contains(files, file => Path.GetFileName(file) == "README.md");
        Assert.DoesNotContain(
            files, file => file.Split(Path.DirectorySeparatorChar) is var parts && (parts.Contains("obj") || parts.Contains("bin")));
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
