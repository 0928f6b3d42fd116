using System.Collections.Generic;

namespace Brachy.Generators;

/// <summary>
/// Breaks lines of C# that are too long, where a person would: outside of as many brackets as possible, and in a text only where nothing
/// else helps.
/// </summary>
internal static class LineBreaks
{
    private const string Continuation = "    ";

    /// <summary>How much of a text must come before a break in it.</summary>
    private const int LeastText = 10;
    private static readonly string[] s_comments = ["/// ", "// "];

    /// <param name="text">A line without its indentation.</param>
    /// <param name="length">How long a line may be.</param>
    /// <returns>
    /// The lines to write. One can be too long all the same, if it holds a single name that is.
    /// </returns>
    public static List<string> Split(string text, int length)
    {
        var lines = new List<string>();
        var comment = CommentOf(text);
        if (comment is null && text.Length > length && Remark(text) is var remark and > 0)
        {
            // What is said at the end of a line that is too long goes before it.
            lines.Add(text.Substring(remark));
            text = text.Substring(0, remark).TrimEnd();
        }

        var (prefix, rest) = ("", text);
        while (prefix.Length + rest.Length > length)
        {
            var left = length - prefix.Length;
            if ((comment is not null ? Space(rest, left) : Place(rest, left)) is var end and > 0)
            {
                lines.Add(prefix + rest.Substring(0, end).TrimEnd());
                rest = rest.Substring(end).TrimStart();
            }
            else if (comment is null && InText(rest, left) is var cut and > 0)
            {
                lines.Add($"{prefix}{rest.Substring(0, cut)}\"");
                rest = $"+ \"{rest.Substring(cut)}";
            }
            else if (comment is null && Behind(rest, left) is var next and > 0 && next < rest.Length)
            {
                lines.Add(prefix + rest.Substring(0, next).TrimEnd());
                rest = rest.Substring(next).TrimStart();
            }
            else
            {
                break;
            }

            prefix = comment ?? Continuation;
        }

        lines.Add(prefix + rest);
        return lines;
    }

    private static string? CommentOf(string text)
    {
        foreach (var comment in s_comments)
        {
            if (text.StartsWith(comment, System.StringComparison.Ordinal))
            {
                return comment;
            }
        }

        return null;
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

    /// <summary>The first break behind a name that is too long by itself; 0 if there is none.</summary>
    private static int Behind(string text, int length)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '"' or '\'')
            {
                i = EndOfLiteral(text, i);
            }
            else if (i >= length && IsBreak(text, i))
            {
                return i + 1;
            }
        }

        return 0;
    }

    /// <summary>Where a text may be cut in two, so that its first part ends a line: behind a space if possible; 0 if nowhere.</summary>
    private static int InText(string text, int length)
    {
        var (best, bestSpace) = (0, 0);
        for (var start = 0; start < text.Length && start < length; start++)
        {
            if (text[start] is not ('"' or '\''))
            {
                continue;
            }

            var end = EndOfLiteral(text, start);
            for (var i = start + 1; text[start] == '"' && i < end && i < length; i = EndOfCharacter(text, i))
            {
                if (i > start + LeastText)
                {
                    (best, bestSpace) = (i, text[i - 1] == ' ' ? i : bestSpace);
                }
            }

            start = end;
        }

        return bestSpace > 0 ? bestSpace : best;
    }

    /// <summary>Where a character of a text ends: escaped ones are several, as are those of two units.</summary>
    private static int EndOfCharacter(string text, int start) => text[start] switch
    {
        '\\' => start + (text[start + 1] switch { 'u' => 6, 'U' => 10, _ => 2 }),
        >= '\ud800' and <= '\udbff' => start + 2,
        _ => start + 1,
    };

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
