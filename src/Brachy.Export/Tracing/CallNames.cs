namespace Brachy.IO.Tracing;

/// <summary>Names of inputs out of the expressions of a call.</summary>
internal static class CallNames
{
    /// <summary>The parameters of a lambda, or the variables that are passed, or else <c>input</c>, <c>input_2</c> and so on.</summary>
    /// <param name="function">The expression of the function.</param>
    /// <param name="arguments">The expressions of the arguments.</param>
    public static string[] Of(string? function, params IReadOnlyList<string?> arguments)
    {
        var parameters = Parameters(function);
        string?[] names = [.. arguments.Select((argument, i) =>
            parameters.Count == arguments.Count ? parameters[i] : IsName(argument) ? argument : null)];
        return Array.TrueForAll(names, name => name is not null) && names.Distinct().Count() == names.Length
            ? [.. names.OfType<string>()]
            : [.. names.Select((_, i) => i == 0 ? "input" : $"input_{i + 1}")];
    }

    /// <summary>The names in a list <c>[x, mask]</c> of so many tensors.</summary>
    public static string[] OfList(string? list, int count)
    {
        var text = list?.Trim() ?? "";
        string?[] parts = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1].Split(',', StringSplitOptions.TrimEntries) : [];
        return Of(null, parts.Length == count ? parts : new string?[count]);
    }

    /// <summary>The parameters of a lambda's text; none of something else.</summary>
    private static List<string> Parameters(string? lambda)
    {
        var text = lambda?.Trim() ?? "";
        var arrow = text.IndexOf("=>", StringComparison.Ordinal);
        if (arrow < 0)
        {
            return [];
        }

        var head = text[..arrow].Trim();
        if (IsName(head))
        {
            return [head];
        }

        var start = head.IndexOf('(', StringComparison.Ordinal);
        if (start < 0 || !head.EndsWith(')'))
        {
            return [];
        }

        // Types may be tuples and generic, so that a comma may be inside one.
        var names = new List<string>();
        var (depth, last) = (0, "");
        foreach (var c in head[(start + 1)..^1] + ",")
        {
            depth += c is '(' or '<' or '[' ? 1 : c is ')' or '>' or ']' ? -1 : 0;
            if (c == ',' && depth == 0)
            {
                names.Add(last.Trim().Split(' ')[^1]);
                last = "";
            }
            else
            {
                last += c;
            }
        }

        return names.TrueForAll(IsName) ? names : [];
    }

    private static bool IsName(string? text) => !string.IsNullOrEmpty(text) && (char.IsLetter(text[0]) || text[0] == '_')
        && text.All(c => char.IsLetterOrDigit(c) || c == '_') && text is not ("default" or "null" or "this");
}
