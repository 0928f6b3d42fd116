using System.Text;

namespace LanguageModel;

/// <summary>A token for each byte of the text in UTF-8.</summary>
internal sealed class ByteTokenizer : ITokenizer
{
    public int VocabSize => 257;

    public int EndOfText => 256;

    public void Encode(string text, List<int> tokens)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            tokens.Add(value);
        }
    }

    public string Decode(IEnumerable<int> tokens) =>
        Encoding.UTF8.GetString([.. tokens.Where(token => token != EndOfText).Select(token => (byte)token)]);
}
