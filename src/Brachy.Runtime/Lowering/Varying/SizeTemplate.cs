using System.Text;

namespace Brachy.Compilation;

/// <summary>Where texts of one program for different sizes differ by more than numbers that follow from the sizes.</summary>
/// <param name="Lines">The line of each text.</param>
internal sealed record SizeDifference(IReadOnlyList<string> Lines)
{
    /// <summary>The op in the line of a graph, or null.</summary>
    public string? Op
    {
        get
        {
            var line = Lines[0];
            var start = line.IndexOf(" = ", StringComparison.Ordinal);
            var end = start < 0 ? -1 : line.AsSpan(start + 3).IndexOfAny('[', '(');
            return end < 0 ? null : line.Substring(start + 3, end);
        }
    }
}

/// <summary>
/// The text of a program, a graph or a script, in which the numbers that follow from sizes are formulas. It is found by comparing the texts
/// for some sizes.
/// </summary>
internal sealed class SizeTemplate
{
    private readonly string[] _pieces;
    private readonly SizeExpression[] _numbers;

    private SizeTemplate(string[] pieces, SizeExpression[] numbers) => (_pieces, _numbers) = (pieces, numbers);

    /// <summary>The template of some texts.</summary>
    /// <param name="texts">The text for each of the points.</param>
    /// <param name="solver">Finds the formulas.</param>
    /// <param name="difference">Where there is no formula, or where the texts are different programs.</param>
    /// <returns>Null when there is none.</returns>
    public static SizeTemplate? Solve(IReadOnlyList<string> texts, SizeSolver solver, out SizeDifference? difference)
    {
        difference = null;
        var numbers = texts.Select(Numbers).ToArray();
        var (pieces, expressions) = (new List<string>(), new List<SizeExpression>());
        var starts = new int[texts.Count];
        var kept = 0;
        for (var n = 0; ; n++)
        {
            var isEnd = numbers.All(list => n == list.Count);
            var between = new string[texts.Count];
            for (var t = 0; t < texts.Count; t++)
            {
                var end = n < numbers[t].Count ? numbers[t][n].Start : texts[t].Length;
                if (end - starts[t] != (between[0]?.Length ?? end - starts[t]) || (n < numbers[t].Count) == isEnd
                    || !texts[t].AsSpan(starts[t], end - starts[t]).SequenceEqual(texts[0].AsSpan(starts[0], end - starts[t])))
                {
                    difference = DifferenceFrom(texts, starts);
                    return null;
                }

                between[t] = texts[t][starts[t]..end];
            }

            if (isEnd)
            {
                pieces.Add(texts[0][kept..]);
                return new([.. pieces], [.. expressions]);
            }

            string[] values = [.. texts.Select((text, t) => text.Substring(numbers[t][n].Start, numbers[t][n].Length))];
            if (!Array.TrueForAll(values, value => value == values[0]))
            {
                if (solver.Solve(values) is not { } expression)
                {
                    difference = new([.. texts.Select((text, t) => LineAt(text, numbers[t][n].Start))]);
                    return null;
                }

                pieces.Add(texts[0][kept..numbers[0][n].Start]);
                expressions.Add(expression);
                kept = numbers[0][n].Start + numbers[0][n].Length;
            }

            for (var t = 0; t < texts.Count; t++)
            {
                starts[t] = numbers[t][n].Start + numbers[t][n].Length;
            }
        }
    }

    /// <summary>The formulas.</summary>
    public IReadOnlyList<SizeExpression> Formulas => _numbers;

    /// <summary>The text with formulas written in some way.</summary>
    public string Write(Func<SizeExpression, string> write)
    {
        var text = new StringBuilder(_pieces[0]);
        for (var i = 0; i < _numbers.Length; i++)
        {
            text.Append(write(_numbers[i])).Append(_pieces[i + 1]);
        }

        return text.ToString();
    }

    /// <summary>Where the text for other sizes is not what the template says; null when it is.</summary>
    /// <param name="text">The text for these sizes.</param>
    /// <param name="sizes">The sizes.</param>
    /// <param name="names">Their names.</param>
    public SizeDifference? DifferenceTo(string text, long[] sizes, IReadOnlyList<string> names)
    {
        // The numbers of the pieces are compared with the pieces.
        var position = 0;
        for (var i = 0; i < _pieces.Length; i++)
        {
            if (i > 0)
            {
                var start = position;
                while (position < text.Length && IsOfNumber(text[position], start == position))
                {
                    position++;
                }

                if (!_numbers[i - 1].Fits(text[start..position], sizes))
                {
                    return Difference(start);
                }
            }

            var piece = _pieces[i];
            if (!text.AsSpan(position).StartsWith(piece) || (i == _pieces.Length - 1 && text.Length != position + piece.Length))
            {
                var same = text.AsSpan(position).CommonPrefixLength(piece);
                return Difference(position + same);
            }

            position += piece.Length;
        }

        return null;

        SizeDifference Difference(int place)
        {
            var line = text.AsSpan(0, place).Count('\n');
            var own = Write(number => number.Write(names)).Split('\n');
            return new([(own.ElementAtOrDefault(line) ?? "").Trim(), LineAt(text, place)]);
        }

        static bool IsOfNumber(char c, bool isFirst) => char.IsAsciiDigit(c) || (isFirst ? c == '-' : c is '.' or 'E' or 'e' or '+' or '-');
    }

    /// <summary>The numbers of a text that are no part of a name, with their sign.</summary>
    private static List<(int Start, int Length)> Numbers(string text)
    {
        var numbers = new List<(int, int)>();
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (char.IsLetter(c) || c is '_' or '%')
            {
                while (++i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '_'))
                {
                }
            }
            else if (char.IsAsciiDigit(c))
            {
                var start = i > 0 && text[i - 1] == '-' && (i == 1 || text[i - 2] is '(' or '[' or ',' or '=' or ' ') ? i - 1 : i;
                while (++i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] == '.'
                    || (text[i] is 'E' or 'e') || (text[i] is '+' or '-' && text[i - 1] is 'E' or 'e')))
                {
                }

                numbers.Add((start, i - start));
            }
            else
            {
                i++;
            }
        }

        return numbers;
    }

    private static SizeDifference DifferenceFrom(IReadOnlyList<string> texts, int[] starts)
    {
        var same = texts.Select((text, t) => texts[0].AsSpan(starts[0]).CommonPrefixLength(text.AsSpan(starts[t]))).Min();
        return new([.. texts.Select((text, t) => LineAt(text, starts[t] + same))]);
    }

    private static string LineAt(string text, int position)
    {
        position = Math.Min(position, text.Length);
        var start = position == 0 ? 0 : text.LastIndexOf('\n', position - 1) + 1;
        var end = text.IndexOf('\n', position);
        return (end < 0 ? text[start..] : text[start..end]).Trim();
    }
}
