namespace Brachy;

/// <summary>
/// An equation of <see cref="F.einsum"/>, applied to operands of known shapes: which label each dim of each operand and of the result has.
/// The dims of an ellipsis have labels of their own, counted from the last.
/// </summary>
internal sealed class EinsumEquation
{
    private const int Letters = 52;

    private readonly string _equation;
    private readonly IReadOnlyList<Shape> _shapes;

    /// <summary>Reads an equation.</summary>
    /// <exception cref="ArgumentException">It is not an equation, or not for that many operands.</exception>
    /// <exception cref="ShapeException">The shapes do not fit it.</exception>
    public EinsumEquation(string equation, IReadOnlyList<Shape> shapes)
    {
        (_equation, _shapes) = (equation, shapes);
        var sides = equation.Split("->");
        if (sides.Length > 2)
        {
            throw Wrong("there is more than one \"->\"");
        }

        var subscripts = sides[0].Split(',');
        if (subscripts.Length != shapes.Count)
        {
            throw Wrong($"it has {subscripts.Length} operands, but {shapes.Count} were given");
        }

        Inputs = [.. subscripts.Select((s, i) => OperandLabels(Terms(s), i))];
        Sizes = LabelSizes();
        Output = sides.Length == 2 ? ExplicitOutput(Terms(sides[1])) : ImplicitOutput();
    }

    /// <summary>For each operand a label for each dim; labels may repeat.</summary>
    public int[][] Inputs { get; }

    /// <summary>A label for each dim of the result.</summary>
    public int[] Output { get; }

    /// <summary>The size of each label; operands may have 1 instead.</summary>
    public Dictionary<int, long> Sizes { get; }

    /// <summary>The letters of one operand, and null in place of an ellipsis.</summary>
    private List<char?> Terms(string subscripts)
    {
        var terms = new List<char?>();
        for (var i = 0; i < subscripts.Length; i++)
        {
            var c = subscripts[i];
            if (c == ' ')
            {
                continue;
            }

            if (char.IsAsciiLetter(c))
            {
                terms.Add(c);
                continue;
            }

            if (c != '.' || !subscripts.AsSpan(i).StartsWith("...") || terms.Contains(null))
            {
                throw Wrong(c == '.' ? "dots stand for other dims as \"...\", once for each operand" : $"'{c}' is not a letter");
            }

            terms.Add(null);
            i += 2;
        }

        return terms;
    }

    private int[] OperandLabels(List<char?> terms, int operand)
    {
        var shape = _shapes[operand];
        var hidden = shape.Rank - terms.Count(t => t is not null);
        if (hidden < 0 || (hidden > 0 && !terms.Contains(null)))
        {
            throw WrongShape($"operand {operand} has shape {shape}, but {terms.Count(t => t is not null)} "
                + $"letters{(hidden > 0 ? "; add an ellipsis for the other dims" : "")}");
        }

        int[] labels = [.. terms.SelectMany(t => t is { } letter ? [Label(letter)] : HiddenLabels(hidden))];
        for (var d = 0; d < labels.Length; d++)
        {
            var first = Array.IndexOf(labels, labels[d]);
            if (shape[first] != shape[d])
            {
                throw WrongShape($"'{Letter(labels[d])}' names dims of operand {operand} with sizes {shape[first]} and {shape[d]}; a "
                    + "diagonal needs equal ones");
            }
        }

        return labels;
    }

    private Dictionary<int, long> LabelSizes()
    {
        var sizes = new Dictionary<int, long>();
        for (var i = 0; i < Inputs.Length; i++)
        {
            for (var d = 0; d < Inputs[i].Length; d++)
            {
                var (label, size) = (Inputs[i][d], _shapes[i][d]);
                var known = sizes.GetValueOrDefault(label, 1);
                if (known != 1 && size != 1 && known != size)
                {
                    throw WrongShape($"{(label < Letters ? $"'{Letter(label)}'" : "a dim of the ellipsis")} has size {known}, but {size} "
                        + $"in operand {i} of shape {_shapes[i]}");
                }

                sizes[label] = known == 1 ? size : known;
            }
        }

        return sizes;
    }

    private int[] ExplicitOutput(List<char?> terms)
    {
        int[] output = [.. terms.SelectMany(t => t is { } letter ? [Label(letter)] : AllHiddenLabels())];
        foreach (var label in output)
        {
            if (!Sizes.ContainsKey(label) || output.Count(l => l == label) > 1)
            {
                throw Wrong($"'{Letter(label)}' "
                    + $"{(Sizes.ContainsKey(label) ? "appears twice in the result" : "appears in the result, but in no operand")}");
            }
        }

        return output;
    }

    /// <summary>The dims of ellipses, then the letters that appear once, capitals first.</summary>
    private int[] ImplicitOutput() =>
        [.. AllHiddenLabels(), .. Inputs.SelectMany(labels => labels).Where(l => l < Letters).GroupBy(l => l).Where(g => g.Count() == 1)
            .Select(g => g.Key).Order()];

    private IEnumerable<int> AllHiddenLabels() => HiddenLabels(Sizes.Keys.Count(l => l >= Letters));

    private static IEnumerable<int> HiddenLabels(int count) => Enumerable.Range(0, count).Select(i => Letters + count - 1 - i);

    private static int Label(char letter) => letter <= 'Z' ? letter - 'A' : 26 + letter - 'a';

    private static char Letter(int label) => (char)(label < 26 ? 'A' + label : 'a' + label - 26);

    private ArgumentException Wrong(string why) => new($"einsum(\"{_equation}\"): {why}.");

    private ShapeException WrongShape(string why) => new($"einsum(\"{_equation}\"): {why}.");
}
