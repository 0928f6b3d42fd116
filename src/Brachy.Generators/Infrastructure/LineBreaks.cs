using System.Collections.Generic;

namespace Brachy.Generators;

/// <summary>Breaks lines of C# that are too long, where a person would: outside of as many brackets as possible.</summary>
internal static class LineBreaks
{
    private const string Continuation = "    ";
    private static readonly string[] s_comments = ["/// ", "// "];

    /// <param name="text">A line without its indentation.</param>
    /// <param name="length">How long a line may be.</param>
    /// <returns>
    /// The lines to write. One can be too long all the same, if it holds a single name or literal that is.
    /// </returns>
    public static IEnumerable<string> Split(string text, int length)
    {
        var comment = System.Array.Find(s_comments, c => text.StartsWith(c, System.StringComparison.Ordinal));
        if (comment is null && text.Length > length && Remark(text) is var remark and > 0)
        {
            // What is said at the end of a line that is too long goes before it.
            yield return text.Substring(remark);
            text = text.Substring(0, remark).TrimEnd();
        }

        var (prefix, rest) = ("", text);
        while (prefix.Length + rest.Length > length
            && (comment is not null ? Space(rest, length - prefix.Length) : Place(rest, length - prefix.Length)) is var end and > 0)
        {
            yield return prefix + rest.Substring(0, end).TrimEnd();
            rest = rest.Substring(end).TrimStart();
            prefix = comment ?? Continuation;
        }

        yield return prefix + rest;
    }

    /// <summary>Where a comment at the end of a line begins; 0 if there is none.</summary>
    private static int Remark(string text)
    {
        for (var i = 0; i + 1 < text.Length; i++)
        {
            if (text[i] is '"' or '\'')
            {
                i = EndOfLiteral(text, i);
            }
            else if (text[i] == '/' && text[i + 1] == '/')
            {
                return i;
            }
        }

        return 0;
    }

    /// <summary>The last space of a comment, outside of tags, that leaves a line short enough; 0 if there is none.</summary>
    private static int Space(string text, int length)
    {
        var (best, isTag) = (0, false);
        for (var i = s_comments[0].Length; i <= length && i < text.Length; i++)
        {
            isTag = text[i] == '<' || (isTag && text[i] != '>');
            best = text[i] == ' ' && !isTag ? i : best;
        }

        return best;
    }

    /// <summary>
    /// Where the outermost brackets allow a break that leaves a line short enough, as far right as possible; 0 if nowhere.
    /// </summary>
    private static int Place(string text, int length)
    {
        var (best, bestDepth, depth, space) = (0, int.MaxValue, 0, 0);
        for (var i = 0; i < text.Length && i < length; i++)
        {
            switch (text[i])
            {
                case '"' or '\'':
                    i = EndOfLiteral(text, i);
                    continue;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case '<' when i > 0 && text[i - 1] != ' ':
                    depth++;
                    break;
                case ')' or ']' or '}':
                case '>' when i > 0 && text[i - 1] is not ('=' or ' '):
                    depth--;
                    break;
            }

            if (IsBreak(text, i) && depth <= bestDepth && i < length)
            {
                (best, bestDepth) = (i + 1, depth);
            }

            space = (text[i] == ' ' && depth == 0) || (text[i] == '<' && i > 0 && text[i - 1] != ' ') ? i + 1 : space;
        }

        // Rather between any two words, or after a bracket, than nowhere.
        return best > 0 ? best : space;
    }

    /// <summary>Whether a line may end after a character: after a comma, an arrow, an opening bracket, or before an operator.</summary>
    private static bool IsBreak(string text, int i) => text[i] switch
    {
        '(' => i + 1 < text.Length && text[i + 1] != ')',
        ' ' => i > 0 && (text[i - 1] is ',' or ';' || (text[i - 1] == '>' && i > 1 && text[i - 2] == '=')
            || (i + 2 < text.Length && text[i + 1] is ':' or '?' && text[i + 2] == ' ')),
        _ => false,
    };

    private static int EndOfLiteral(string text, int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == text[start])
            {
                return i;
            }
        }

        return text.Length;
    }
}
