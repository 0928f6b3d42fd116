using System.Text;
using Brachy.Trees;

namespace Brachy.Modules;

/// <summary>Writes a <see cref="ModuleSummary"/> as text.</summary>
internal static class SummaryTable
{
    public static string Print(ModuleSummary summary)
    {
        string[] header = ["Path", "Type", "Parameters", "Calls", "Output", "Multiply-adds"];
        var columns = summary.HasInput ? header.Length : 3;
        string[][] cells = [header, .. summary.Rows.Select(Cells)];
        var widths = Enumerable.Range(0, columns).Select(i => cells.Max(row => row[i].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in cells)
        {
            // Numbers stand on the right, texts on the left.
            var line = string.Join("  ", widths.Select((width, i) => i is 2 or 3 or 5 ? row[i].PadLeft(width) : row[i].PadRight(width)));
            text.Append(line.TrimEnd()).Append('\n');
            if (ReferenceEquals(row, header))
            {
                text.Append('-', widths.Sum() + 2 * (columns - 1)).Append('\n');
            }
        }

        text.Append('-', widths.Sum() + 2 * (columns - 1)).Append('\n');
        text.Append($"Parameters: {SizeText.Count(summary.Parameters)} ({SizeText.Bytes(summary.ParameterBytes)})\n");
        text.Append($"Buffers: {SizeText.Count(summary.Buffers)} ({SizeText.Bytes(summary.BufferBytes)})\n");
        return (summary.HasInput ? text.Append($"Multiply-adds: {SizeText.Count(summary.MultiplyAdds)}\n") : text).ToString();
    }

    private static string[] Cells(ModuleSummaryRow row) =>
    [
        row.Path.Length == 0 ? "(root)" : row.Path,
        ShortName(row.Type),
        SizeText.Count(row.Parameters),
        SizeText.Count(row.Calls),
        string.Join(", ", row.Outputs),
        SizeText.Count(row.MultiplyAdds),
    ];

    /// <summary>A name without its namespace: <c>Linear[bfloat16]</c> of <c>Brachy.NN.Linear[bfloat16]</c>.</summary>
    private static string ShortName(string name)
    {
        var end = name.AsSpan().IndexOfAny('[', '<', '(');
        var dot = name.AsSpan(0, end < 0 ? name.Length : end).LastIndexOf('.');
        return name[(dot + 1)..];
    }
}
