using Brachy.Compilation;
using Brachy.CompilerServices;

namespace Brachy.IO.Tracing;

/// <summary>
/// Traces a function for other sizes than those that formulas were found by: 0 and 1, which broadcasting makes special, and some that are
/// smaller and larger. Where it is another program there, what it computes decides.
/// </summary>
/// <param name="function">The function.</param>
/// <param name="probes">What is known of it.</param>
/// <param name="trace">Traces it.</param>
/// <param name="prepare">Rewrites a graph before it is written; null for nothing.</param>
/// <param name="notes">For each graph the path of each equation.</param>
internal sealed class SizeChecks(
    ExportedFunction function, SizeProbes probes, Func<long[], TracedFunction> trace, Func<Graph, Graph>? prepare,
    IReadOnlyDictionary<Graph, string[]> notes)
{
    // All of so many names are 0 or 1 in every way: 3 to that power.
    private const int MostTogether = 3;

    private readonly List<UnservedSizes> _found = [];
    private readonly GeneralProgram _general = new(function, probes, prepare);

    private readonly SizeTemplate? _prepared = prepare is null ? null
        : SizeTemplate.Solve([.. probes.Traces.Select(traced => GraphPrinter.Print(prepare!(traced.Graph)))], probes.Solver, out _);

    private IReadOnlyList<long[]> Points => probes.Points.Points;

    /// <summary>The sizes for which the function is something else.</summary>
    public IReadOnlyList<UnservedSizes> Find()
    {
        using var general = _general;
        for (var name = 0; name < Points[0].Length; name++)
        {
            LookBelow(name);
            LookAbove(name);
        }

        foreach (var kind in Kinds(Points[0].Length))
        {
            SizeSpan[] ranges = [.. kind.Index().Where(size => size.Item is not null)
                .Select(size => new SizeSpan(size.Index, size.Item!.Value, size.Item.Value))];
            var isKnown = _found.Exists(other => other.Ranges.All(range => kind[range.Name] is { } size
                && size >= range.From && size <= range.To));
            if (ranges.Length > 1 && !isKnown && ReasonAt([.. kind.Select((size, i) => size ?? Points[0][i])]) is { } reason)
            {
                _found.Add(new(ranges, reason));
            }
        }

        return _found;
    }

    private void LookBelow(int name)
    {
        var least = Points.Min(sizes => sizes[name]);
        var (zero, one) = (ReasonOf(name, 0), ReasonOf(name, 1));
        long[] others = [.. new[] { least / 2, 5, 3, 2 }.Where(size => size >= 2 && size < least).Distinct().OrderDescending()];
        foreach (var size in others)
        {
            if (ReasonOf(name, size) is not { } reason)
            {
                continue;
            }

            var (last, why) = Bisect(name, size, least, reason);
            var from = one is null ? 2 : zero is null ? 1 : 0;
            (zero, one) = (from == 0 ? null : zero, from < 2 ? null : one);
            _found.Add(new([new(name, from, last)], why));
            break;
        }

        if (zero is not null)
        {
            _found.Add(new([new(name, 0, 0)], zero));
        }

        if (one is not null)
        {
            _found.Add(new([new(name, 1, 1)], one));
        }
    }

    private void LookAbove(int name)
    {
        var most = Points.Max(sizes => sizes[name]);
        foreach (var size in new[] { (2 * most) + 1, (16 * most) + 3, Math.Max(4096, 256 * most) })
        {
            if (ReasonOf(name, size) is { } reason)
            {
                var (first, why) = Bisect(name, size, most, reason);
                _found.Add(new([new(name, first, long.MaxValue)], why));
                return;
            }
        }
    }

    /// <summary>The last size, on the way to one that is served, that is not.</summary>
    private (long Size, string Reason) Bisect(int name, long unserved, long served, string reason)
    {
        while (Math.Abs(served - unserved) > 1)
        {
            var middle = unserved + ((served - unserved) / 2);
            if (ReasonOf(name, middle) is { } other)
            {
                (unserved, reason) = (middle, other);
            }
            else
            {
                served = middle;
            }
        }

        return (unserved, reason);
    }

    /// <summary>Choices of sizes that are 0 or 1: few of them first.</summary>
    private static IEnumerable<long?[]> Kinds(int names)
    {
        if (names <= MostTogether)
        {
            return Product(names).OrderBy(kind => kind.Count(size => size is not null));
        }

        var pairs =
            from a in Enumerable.Range(0, names)
            from b in Enumerable.Range(a + 1, names - a - 1)
            from pair in Product(2)
            select (long?[])[.. Enumerable.Range(0, names).Select(i => i == a ? pair[0] : i == b ? pair[1] : null)];
        return pairs.Append([.. Enumerable.Repeat<long?>(0, names)]).Append([.. Enumerable.Repeat<long?>(1, names)]);

        static IEnumerable<long?[]> Product(int count) => count == 0
            ? [[]]
            : Product(count - 1).SelectMany(first => new long?[] { null, 1, 0 }.Select(last => (long?[])[.. first, last]));
    }

    private string? ReasonOf(int name, long size) => ReasonAt([.. Points[0].Select((other, i) => i == name ? size : other)]);

    private string? ReasonAt(long[] sizes)
    {
        try
        {
            var traced = trace(sizes);
            var difference = probes.DifferenceTo(traced, sizes)
                ?? _prepared?.DifferenceTo(GraphPrinter.Print(prepare!(traced.Graph)), sizes, probes.Points.Names);
            probes.RequireEqualConstants(function.Name, traced, sizes);
            return difference is null || _general.Gives(traced.Graph, sizes) ? null : Where(traced.Graph, difference);
        }
        catch (Exception error) when (error is not (OperationCanceledException or InsufficientExecutionStackException
            or ThreadInterruptedException))
        {
            return $"{error.Message.TrimEnd('.')}.";
        }
    }

    /// <summary>The first op that differs, and the node of the tree that it belongs to.</summary>
    private string Where(Graph own, SizeDifference difference)
    {
        var general = probes.Traces[0].Graph.Equations;
        for (var i = 0; i < own.Equations.Count; i++)
        {
            var equation = own.Equations[i];
            if (i >= general.Count || general[i].Primitive != equation.Primitive || general[i].Inputs.Count != equation.Inputs.Count
                || general[i].Outputs.Zip(equation.Outputs).Any(pair => pair.First.Type.Rank != pair.Second.Type.Rank))
            {
                var path = notes[own][i] is { Length: > 0 } node ? $" in '{node}'" : "";
                return $"there the program is another from '{equation.Primitive.Name}'{path} on.";
            }
        }

        return $"there '{difference.Op ?? function.Name}' is another.";
    }
}
