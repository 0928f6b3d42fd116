using System.Globalization;

namespace Brachy;

/// <summary>Names in messages with their articles: <c>an int</c>, <c>a float32[3]</c>, <c>an LSTM</c>.</summary>
internal static class Article
{
    /// <summary>A name with its article.</summary>
    public static string With(object? name)
    {
        var text = Convert.ToString(name, CultureInfo.InvariantCulture) ?? "";
        return text is "null" or "" ? text : $"{(SoundsLikeVowel(text) ? "an" : "a")} {text}";
    }

    /// <summary>The same at the start of a sentence.</summary>
    public static string Capital(object? name)
    {
        var text = With(name);
        return text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
    }

    /// <summary>
    /// Whether the first sound is a vowel: letters that are read one by one have sounds of their own, and a u is read as in unit.
    /// </summary>
    private static bool SoundsLikeVowel(string text)
    {
        var name = text.TrimStart('(', '[', '\'', '"');
        var isSpelled = name.Length > 1 && char.IsUpper(name[0]) && char.IsUpper(name[1])
            && !name.StartsWith("I", StringComparison.Ordinal);
        return name.Length > 0 && (isSpelled ? "AEFHLMNORSX" : "aeioAEIO").Contains(name[0], StringComparison.Ordinal);
    }
}
