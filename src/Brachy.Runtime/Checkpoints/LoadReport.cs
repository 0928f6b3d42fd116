namespace Brachy;

/// <summary>How well loaded values fit a tree. Nothing is left out silently: what is not listed here was loaded.</summary>
/// <param name="Missing">Paths of the tree for which there is no value.</param>
/// <param name="Unexpected">Paths of values that the tree has no place for.</param>
/// <param name="Mismatched">Paths whose value does not fit.</param>
public sealed record LoadReport(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<LoadMismatch> Mismatched)
{
    /// <summary>Whether every value fits and none is missing.</summary>
    public bool IsComplete => Missing.Count + Unexpected.Count + Mismatched.Count == 0;

    /// <summary>One line for each kind of problem; "complete" when there is none.</summary>
    public override string ToString()
    {
        if (IsComplete)
        {
            return "complete";
        }

        var lines = new List<string>();
        AddLine(lines, "missing", Missing);
        AddLine(lines, "unexpected", Unexpected);
        AddLine(lines, "mismatched", Mismatched);
        return string.Join('\n', lines);
    }

    private static void AddLine<T>(List<string> lines, string kind, IReadOnlyList<T> paths)
    {
        if (paths.Count > 0)
        {
            lines.Add($"{kind}: {string.Join(", ", paths)}");
        }
    }
}
