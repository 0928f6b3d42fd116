using System.Text;

namespace Brachy.IO;

/// <summary>
/// Texts that go into files. Encoders put U+FFFD in the place of half a surrogate pair, so that two names could become one, and what is
/// read would not be what was written.
/// </summary>
internal static class StrictText
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">The text is not valid Unicode.</exception>
    public static byte[] Encode(string text, string what) => s_utf8.GetBytes(Require(text, what));

    /// <summary>The text, when a file can hold it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <exception cref="ArgumentException">The text is not valid Unicode.</exception>
    public static string Require(string text, string what) => IsValid(text)
        ? text
        : throw new ArgumentException($"{what} '{text}' is not valid Unicode and cannot be written: it has half of a surrogate pair.");

    public static bool IsValid(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }
}
