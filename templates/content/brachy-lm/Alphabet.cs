/// <summary>The characters of a text, numbered.</summary>
internal sealed class Alphabet(string text)
{
    private readonly char[] _characters = [.. text.Distinct().Order()];

    public int Count => _characters.Length;

    public char this[long code] => _characters[code];

    /// <exception cref="ArgumentException">A character that the text does not have.</exception>
    public long[] Encode(string words) => [.. words.Select(Code)];

    private long Code(char character)
    {
        var code = Array.BinarySearch(_characters, character);
        return code >= 0 ? code : throw new ArgumentException($"The text has no '{character}'.");
    }
}
