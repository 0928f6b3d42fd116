using SharpToken;

namespace LanguageModel;

/// <summary>GPT-2's vocabulary.</summary>
internal sealed class Gpt2Tokenizer : ITokenizer
{
    private readonly GptEncoding _encoding = GptEncoding.GetEncoding("r50k_base");

    public int VocabSize => 50257;

    public int EndOfText => 50256;

    public void Encode(string text, List<int> tokens) => tokens.AddRange(_encoding.Encode(text));

    public string Decode(IEnumerable<int> tokens) => _encoding.Decode([.. tokens.Where(token => token != EndOfText)]);
}
