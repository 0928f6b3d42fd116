namespace Brachy.IO;

/// <summary>How well loaded values fit a tree. Nothing is left out silently: what is not listed here was loaded.</summary>
/// <param name="Missing">Paths of the tree for which there is no value.</param>
/// <param name="Unexpected">Paths of values that the tree has no place for.</param>
/// <param name="Mismatched">Paths whose value does not fit.</param>
/// <param name="Converted">
/// Paths whose value was loaded, but had another element type, such as float32 for a bfloat16 weight, which rounds it.
/// </param>
public sealed record LoadReport(
    IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<LoadMismatch> Mismatched,
    IReadOnlyList<LoadMismatch> Converted)
{
    /// <summary>Names of values that are no tensors, such as the <c>_extra_state</c> of a module; the tree has no place for them.</summary>
    public IReadOnlyList<string> NotTensors { get; init; } = [];

    /// <summary>Whether every value fits and none is missing; some may have been converted.</summary>
    public bool IsComplete => Missing.Count + Unexpected.Count + Mismatched.Count == 0;

    /// <summary>One line for each kind of problem; "complete" when there is none, and nothing was converted or left over.</summary>
    public override string ToString()
    {
        var lines = new List<string>();
        AddLine(lines, "missing", Missing);
        AddLine(lines, "unexpected", Unexpected);
        AddLine(lines, "mismatched", Mismatched);
        AddLine(lines, "converted", Converted);
        AddLine(lines, "not tensors", NotTensors);
        return lines.Count == 0 ? "complete" : string.Join('\n', lines);
    }

    private static void AddLine<T>(List<string> lines, string kind, IReadOnlyList<T> paths)
    {
        if (paths.Count > 0)
        {
            lines.Add($"{kind}: {string.Join(", ", paths)}");
        }
    }
}
