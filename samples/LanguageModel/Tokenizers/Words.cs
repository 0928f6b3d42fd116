using System.Text.RegularExpressions;

namespace LanguageModel;

/// <summary>
/// Cuts text into words, which byte pairs do not cross: letters with a space before them, single digits, signs, and white space. None is
/// long, and none ends inside a character, so that learning and encoding take linear time whatever the
/// text.
/// </summary>
internal static partial class Words
{
    /// <summary>The words in their order; together they are the text.</summary>
    public static Regex.ValueMatchEnumerator Of(string text) => Pattern().EnumerateMatches(text);

    [GeneratedRegex(
        @" ?\p{L}{1,32}| ?\p{N}| ?(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\s\p{L}\p{N}]){1,16}|\s{1,64}", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
