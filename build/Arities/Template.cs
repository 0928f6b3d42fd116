using System.Globalization;
using System.Text.RegularExpressions;

namespace Brachy.Arities;

/// <summary>Text with parts that depend on a number of arguments n.</summary>
/// <remarks>
/// On lines of their own:
/// <list type="bullet">
/// <item><c>«each 2..»</c> repeats what is up to its <c>«end»</c> for n from 2 to the ceiling, with blank lines between; <c>«each 1..7»</c>
/// goes to 7.</item>
/// <item><c>«items»</c> repeats what is up to its <c>«end»</c> for each argument, without blank lines.</item>
/// <item><c>«first»</c>: what follows is there only for the first n, and what follows its <c>«rest»</c>, up to
/// <c>«end»</c>, for the others.</item>
/// </list>
/// Within a line:
/// <list type="bullet">
/// <item><c>«n»</c> is the number, <c>«count»</c> the number as a word, <c>«s»</c> the plural's s.</item>
/// <item><c>«T#»</c> is the list T1, T2, …, in which <c>#</c> is the position from 1, <c>#-1</c> that from 0, and <c>#th</c> first, second,
/// …. Within «items» it is one item.</item>
/// <item><c>«nest F: a#»</c> is F(a1, …, a7, F(a8)), as tuples of more than seven are made.</item>
/// <item><c>«|»</c> is where a line breaks first if it is too long; then lists break between items.</item>
/// </list>
/// </remarks>
internal static partial class Template
{
    /// <summary>The longest line.</summary>
    public const int Columns = 140;

    private const int FlatTuple = 7;
    private const char ListBreak = '\u0001';
    private const char FirstBreak = '\u0002';

    private static readonly string[] s_counts = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    private static readonly string[] s_ordinals =
        ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

    /// <summary>The text that a template stands for.</summary>
    /// <param name="template">The template.</param>
    /// <param name="ceiling">The largest number of arguments.</param>
    /// <exception cref="FormatException">A part has no end, or is not known; or a line has no place where it could be broken.</exception>
    public static string Render(string template, int ceiling)
    {
        var lines = new Queue<string>(template.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
        var output = new List<string>();
        RenderLines(TakeUntil(lines), 0, 0, isFirst: false);
        return string.Join('\n', output) + "\n";

        void RenderLines(List<string> part, int count, int item, bool isFirst)
        {
            var rest = new Queue<string>(part);
            while (rest.TryDequeue(out var line))
            {
                if (Each().Match(line) is { Success: true } each)
                {
                    var body = TakeUntil(rest, "end");
                    var from = Number(each.Groups["from"].Value);
                    var to = each.Groups["to"] is { Length: > 0 } last ? Number(last.Value) : ceiling;
                    for (var n = from; n <= to; n++)
                    {
                        RenderLines(body, n, 0, isFirst: n == from);
                        if (n < to)
                        {
                            output.Add("");
                        }
                    }
                }
                else if (line.Trim() == "«items»")
                {
                    var body = TakeUntil(rest, "end");
                    for (var i = 1; i <= count; i++)
                    {
                        RenderLines(body, count, i, isFirst: false);
                    }
                }
                else if (line.Trim() == "«first»")
                {
                    var (first, others) = (TakeUntil(rest, "rest"), TakeUntil(rest, "end"));
                    RenderLines(isFirst ? first : others, count, item, isFirst: false);
                }
                else
                {
                    output.AddRange(Broken(Filled(line, count, item), line.TrimStart(' ').StartsWith('«') ? 0 : 4));
                }
            }
        }
    }

    /// <summary>The lines up to the mark that ends the part they are in; all for none.</summary>
    private static List<string> TakeUntil(Queue<string> lines, string? mark = null)
    {
        var taken = new List<string>();
        var depth = 0;
        while (lines.TryDequeue(out var line))
        {
            var directive = line.Trim();
            if (depth == 0 && directive == $"«{mark}»")
            {
                return taken;
            }

            depth += directive is "«items»" or "«first»" || Each().IsMatch(line) ? 1 : directive == "«end»" ? -1 : 0;
            taken.Add(line);
        }

        return mark is null ? taken : throw new FormatException($"A part of the template has no «{mark}».");
    }

    /// <summary>A line with its placeholders replaced.</summary>
    private static string Filled(string line, int count, int item) => Placeholder().Replace(line, match => match.Groups["text"].Value switch
    {
        "|" => $"{FirstBreak}",
        "n" => Text(count),
        "count" => count < s_counts.Length ? s_counts[count] : Text(count),
        "s" => count == 1 ? "" : "s",
        var text when text.StartsWith("nest ", StringComparison.Ordinal) && text.Split(": ", 2) is [var function, var one] =>
            Nested(function["nest ".Length..], [.. Enumerable.Range(1, count).Select(i => At(one, i))]),
        var text when !text.Contains('#') => throw new FormatException($"The template has «{text}», which nobody knows."),
        var text => item > 0 ? At(text, item) : string.Join($",{ListBreak}", Enumerable.Range(1, count).Select(i => At(text, i))),
    });

    private static string At(string text, int i) => text
        .Replace("#-1", Text(i - 1), StringComparison.Ordinal)
        .Replace("#th", i < s_ordinals.Length ? s_ordinals[i] : $"item{i}", StringComparison.Ordinal)
        .Replace("#", Text(i), StringComparison.Ordinal);

    private static string Nested(string function, string[] items) => items.Length <= FlatTuple
        ? $"{function}({string.Join($",{ListBreak}", items)})"
        : $"{function}({string.Join($",{ListBreak}", items[..FlatTuple])},{ListBreak}{Nested(function, items[FlatTuple..])})";

    /// <summary>
    /// The lines that a line becomes: itself, or, where it is too long, with the parts of its lists on as few lines as hold them.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="hanging">How much further than its own the lists go on: not at all where the line begins with one.</param>
    private static IEnumerable<string> Broken(string line, int hanging)
    {
        if (line.Length <= Columns)
        {
            return [line.Replace(ListBreak, ' ').Replace(FirstBreak, ' ')];
        }

        var indent = line.Length - line.TrimStart(' ').Length;
        return line.Split(FirstBreak).SelectMany((part, i) => Wrapped(part.TrimStart(' '), i == 0 ? indent : indent + 4, hanging));
    }

    private static IEnumerable<string> Wrapped(string part, int indent, int hanging)
    {
        var line = new string(' ', indent);
        var isEmpty = true;
        foreach (var piece in part.Split(ListBreak))
        {
            if (!isEmpty && line.Length + 1 + piece.Length > Columns)
            {
                yield return line;
                (line, isEmpty) = (new string(' ', indent + hanging), true);
            }

            line += isEmpty ? piece : " " + piece;
            isEmpty = false;
            if (line.Length > Columns)
            {
                throw new FormatException($"This line of a template is longer than {Columns} columns: {line}");
            }
        }

        yield return line;
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s*«each (?<from>\d+)\.\.(?<to>\d*)»\s*$")]
    private static partial Regex Each();

    [GeneratedRegex("«(?<text>[^»]*)»")]
    private static partial Regex Placeholder();
}
