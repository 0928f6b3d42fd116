using System.Text.RegularExpressions;
using Brachy.IO;
using Microsoft.ML.Tokenizers;

namespace Brachy.Models.Text;

/// <summary>
/// Texts as tokens and back, by Microsoft.ML.Tokenizers: WordPiece of BERT, byte-level BPE of GPT-2, SentencePiece of Llama 1 and 2. It is
/// a thin one: <see cref="Tokenizer"/> has the rest. Several threads may use it.
/// </summary>
public sealed partial class TextTokenizer
{
    private const string EndOfText = "<|endoftext|>";

    private TextTokenizer(Tokenizer tokenizer, int paddingId, int? endId) =>
        (Tokenizer, PaddingId, EndId) = (tokenizer, paddingId, endId);

    /// <summary>Microsoft's tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>What short texts are padded with.</summary>
    public int PaddingId { get; }

    /// <summary>The token that ends a text: BERT's <c>[SEP]</c>, <c>&lt;|endoftext|&gt;</c>, or SentencePiece's; null for none.</summary>
    public int? EndId { get; }

    /// <summary>The tokenizer of a folder, by the files in it.</summary>
    /// <param name="folder">
    /// With <c>vocab.txt</c> (BERT; <c>tokenizer_config.json</c> may say <c>do_lower_case</c>), <c>tokenizer.model</c> (Llama 1 and 2), or
    /// <c>vocab.json</c> and <c>merges.txt</c> (GPT-2).
    /// </param>
    /// <exception cref="FileNotFoundException">There is none of them. A <c>tokenizer.json</c> alone is not read.</exception>
    /// <exception cref="CheckpointException">A file is damaged.</exception>
    public static TextTokenizer FromPretrained(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var (words, pieces, vocab, merges) = (In("vocab.txt"), In("tokenizer.model"), In("vocab.json"), In("merges.txt"));
        if (File.Exists(words))
        {
            var settings = In("tokenizer_config.json");
            var lowerCase = !File.Exists(settings) || ConfigJson.Read(settings).Flag("do_lower_case", otherwise: true);
            return TokenizerFile.Read(words, stream => WordPiece(stream, lowerCase));
        }

        if (File.Exists(pieces))
        {
            return TokenizerFile.Read(pieces, stream => SentencePiece(stream));
        }

        if (File.Exists(vocab) && File.Exists(merges))
        {
            var numbers = TokenizerFile.Read(vocab, TokenizerFile.ReadNumbers);
            return TokenizerFile.Read(merges, stream => ByteLevelBpe(numbers, TokenizerFile.ReadMerges(stream)));
        }

        throw new FileNotFoundException(
            $"'{folder}' has no tokenizer that can be read: neither vocab.txt, nor tokenizer.model, nor vocab.json with merges.txt."
            + (File.Exists(In("tokenizer.json"))
                ? " Its tokenizer.json alone is not read: save the vocabulary by the tokenizer's save_vocabulary in Python, or make a "
                + "tokenizer of Microsoft.ML.Tokenizers and hand it to TextTokenizer.Of."
                : ""));

        string In(string name) => Path.Combine(folder, name);
    }

    /// <summary>A tokenizer of Microsoft's library, made by other means.</summary>
    /// <param name="tokenizer">It.</param>
    /// <param name="paddingId">What short texts are padded with.</param>
    /// <param name="endId">The token that ends a text, which stays when a text is cut; null for none.</param>
    public static TextTokenizer Of(Tokenizer tokenizer, int paddingId = 0, int? endId = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new(tokenizer, paddingId, endId);
    }

    /// <summary>BERT's tokenizer; texts begin with <c>[CLS]</c> and end with <c>[SEP]</c>.</summary>
    /// <param name="vocabulary">A <c>vocab.txt</c>: a token in each line.</param>
    /// <param name="lowerCase">
    /// Whether the model is one without capital letters (uncased), which has no accents either. .NET takes accents away only where
    /// <c>InvariantGlobalization</c> is not set: with it, words with accents are unknown to such a model.
    /// </param>
    public static TextTokenizer WordPiece(Stream vocabulary, bool lowerCase = true)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        var tokenizer = BertTokenizer.Create(
            vocabulary, new BertOptions { LowerCaseBeforeTokenization = lowerCase, RemoveNonSpacingMarks = lowerCase });
        return new(tokenizer, tokenizer.PaddingTokenId, tokenizer.SeparatorTokenId);
    }

    /// <summary>GPT-2's tokenizer; it adds nothing to texts, and pads with the end of the text.</summary>
    /// <param name="vocabulary">A <c>vocab.json</c>: numbers by token.</param>
    /// <param name="merges">A <c>merges.txt</c>.</param>
    public static TextTokenizer ByteLevelBpe(Stream vocabulary, Stream merges)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(merges);
        return ByteLevelBpe(TokenizerFile.ReadNumbers(vocabulary), TokenizerFile.ReadMerges(merges));
    }

    /// <summary>The tokenizer of Llama 1 and 2; texts begin with <c>&lt;s&gt;</c>, and are padded with the end of the text.</summary>
    /// <param name="model">A <c>tokenizer.model</c> of SentencePiece.</param>
    public static TextTokenizer SentencePiece(Stream model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var tokenizer = LlamaTokenizer.Create(model, addBeginOfSentence: true, addEndOfSentence: false);
        return new(tokenizer, tokenizer.EndOfSentenceId, tokenizer.EndOfSentenceId);
    }

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The most tokens; a longer text is cut, and BERT's keeps its <c>[SEP]</c>. Null for any number.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is not positive.</exception>
    public IReadOnlyList<int> Encode(string text, int? maxLength = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxLength ?? 1, nameof(maxLength));
        var ids = AllTokens(text);
        if (maxLength is not { } limit || ids.Count <= limit)
        {
            return ids;
        }

        var endsText = EndId is { } end && ids[^1] == end;
        return endsText ? [.. ids.Take(limit - 1), ids[^1]] : [.. ids.Take(limit)];
    }

    /// <summary>Texts as a batch, padded at the end to one length.</summary>
    /// <param name="texts">The texts, at least one.</param>
    /// <param name="maxLength">The most tokens of a text; longer ones are cut. Null for any number.</param>
    /// <param name="multipleOf">
    /// The length is rounded up to a multiple of this, but not above <paramref name="maxLength"/>: so that a compiled model sees few
    /// different shapes.
    /// </param>
    /// <exception cref="ArgumentException">There is no text.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public TokenBatch EncodeBatch(IEnumerable<string> texts, int? maxLength = null, int multipleOf = 1)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(multipleOf);
        var rows = texts.Select(text => Encode(text, maxLength)).ToArray();
        if (rows.Length == 0)
        {
            throw new ArgumentException("There is no text.", nameof(texts));
        }

        var length = Math.Max(1, rows.Max(row => row.Count));
        length = Math.Min((length + multipleOf - 1) / multipleOf * multipleOf, maxLength ?? int.MaxValue);
        var (ids, mask) = (new long[rows.Length * length], new long[rows.Length * length]);
        Array.Fill(ids, PaddingId);
        for (var i = 0; i < rows.Length; i++)
        {
            for (var k = 0; k < rows[i].Count; k++)
            {
                (ids[(i * length) + k], mask[(i * length) + k]) = (rows[i][k], 1);
            }
        }

        return new(Tensor.FromArray(ids, [rows.Length, length]), Tensor.FromArray(mask, [rows.Length, length]));
    }

    /// <summary>The text of tokens.</summary>
    /// <param name="ids">The tokens.</param>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Tokenizer.Decode(ids) ?? "";
    }

    private static TextTokenizer ByteLevelBpe(Dictionary<string, int> numbers, List<string> merges)
    {
        int? end = numbers.TryGetValue(EndOfText, out var number) ? number : null;
        var special = end is { } id ? new Dictionary<string, int> { [EndOfText] = id } : null;
        var tokenizer = BpeTokenizer.Create(new BpeOptions(numbers)
        {
            Merges = merges,
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(Words(), special),
            SpecialTokens = special,
        });
        return new(tokenizer, end ?? 0, end);
    }

    /// <summary>How GPT-2 divides a text.</summary>
    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Words();

    /// <summary>The tokens of a text, and those that begin and end one.</summary>
    private IReadOnlyList<int> AllTokens(string text) => Tokenizer switch
    {
        BertTokenizer bert => bert.EncodeToIds(text, addSpecialTokens: true),
        SentencePieceTokenizer { AddBeginningOfSentence: true } pieces when text.Length == 0 => [pieces.BeginningOfSentenceId],
        _ => Tokenizer.EncodeToIds(text),
    };
}
