namespace LanguageModel;

/// <summary>How text becomes tokens.</summary>
internal enum TokenizerKind
{
    /// <summary>A token for each byte.</summary>
    Byte,

    /// <summary>Byte pairs, learned from the text.</summary>
    Bpe,

    /// <summary>GPT-2's vocabulary.</summary>
    Gpt2,
}

/// <summary>How text becomes rows of tokens.</summary>
/// <param name="Tokenizer">The kind of tokenizer.</param>
/// <param name="VocabSize">The tokens that byte pairs are learned for.</param>
/// <param name="Pack">
/// Whether documents follow each other in a row; otherwise each starts one, and the rest of its last row is padding.
/// </param>
/// <param name="ShuffleBuffer">How many rows are mixed.</param>
/// <param name="HeldOutEvery">One of so many pieces of text is held out.</param>
internal sealed record DataSettings(TokenizerKind Tokenizer, int VocabSize, bool Pack, int ShuffleBuffer, int HeldOutEvery);
