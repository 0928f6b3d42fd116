namespace Brachy.IO.CSharp;

/// <summary>The lines of a source.</summary>
internal sealed class CSharpLines
{
    private const int Columns = 140;
    private const int Step = 4;

    private readonly List<string> _lines = [];

    /// <summary>How many blocks the next line is in.</summary>
    public int Depth { get; set; }

    public override string ToString() => string.Join('\n', _lines) + "\n";

    public void Add(string line) => _lines.Add(line.Length == 0 ? "" : Indent(Depth) + line);

    /// <summary>A call on one line, or with its arguments on further ones where it is too long.</summary>
    /// <param name="head">What comes before the arguments, without a bracket.</param>
    /// <param name="arguments">The arguments; lists may be broken after commas.</param>
    /// <param name="comment">What is said after it; empty for nothing.</param>
    public void AddCall(string head, IReadOnlyList<string> arguments, string comment = "")
    {
        var line = $"{head}({string.Join(", ", arguments)});";
        if (Fits(line, Depth))
        {
            Add(line);
        }
        else
        {
            Add(head + "(");
            Depth++;
            for (var i = 0; i < arguments.Count; i++)
            {
                AddBroken(arguments[i] + (i == arguments.Count - 1 ? ");" : ","));
            }

            Depth--;
        }

        if (comment.Length > 0)
        {
            _lines[^1] += $" // {comment}";
        }
    }

    /// <summary>An argument, broken between the items of its list where it is too long.</summary>
    private void AddBroken(string text)
    {
        var start = 0;
        foreach (var (comma, next) in Commas(text).Zip(Commas(text).Skip(1).Append(text.Length - 1)))
        {
            if (!Fits(text[start..(next + 1)], Depth))
            {
                Add(text[start..(comma + 1)]);
                start = comma + 2;
            }
        }

        Add(text[start..]);
    }

    /// <summary>The commas between arguments and between the items of a list, not those that an item has in brackets or quotes.</summary>
    private static IEnumerable<int> Commas(string text)
    {
        var (depth, isQuoted) = (0, false);
        for (var i = 0; i < text.Length - 1; i++)
        {
            if (isQuoted)
            {
                isQuoted = text[i] != '"';
                i += text[i] == '\\' ? 1 : 0;
                continue;
            }

            isQuoted = text[i] == '"';
            depth += text[i] is '[' or '(' ? 1 : text[i] is ']' or ')' ? -1 : 0;
            if (text[i] == ',' && text[i + 1] == ' ' && depth <= 1)
            {
                yield return i;
            }
        }
    }

    private static bool Fits(string line, int depth) => line.Length + (Step * depth) <= Columns;

    private static string Indent(int depth) => new(' ', Step * depth);
}
