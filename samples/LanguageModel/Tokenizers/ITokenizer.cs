namespace LanguageModel;

/// <summary>Text to numbers and back.</summary>
internal interface ITokenizer
{
    /// <summary>How many different tokens there are.</summary>
    int VocabSize { get; }

    /// <summary>The token that stands between documents.</summary>
    int EndOfText { get; }

    /// <summary>Appends the tokens of a text. Any text gives tokens, and these give the text again.</summary>
    void Encode(string text, List<int> tokens);

    /// <summary>The text of tokens; the end of text gives none, and bytes that are no text a replacement character.</summary>
    string Decode(IEnumerable<int> tokens);
}
