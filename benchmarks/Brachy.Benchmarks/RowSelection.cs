namespace Brachy.Benchmarks;

/// <summary>The rows that a command line asks for.</summary>
internal static class RowSelection
{
    /// <param name="wanted">A part of the rows' ids; null for all rows.</param>
    /// <returns>The rows; null if there are none, which is then said on the error stream.</returns>
    public static Row[]? Of(string? wanted)
    {
        var rows =
            Benchmarks.All.Where(row => wanted is null || row.Ids.Any(id => id.Contains(wanted, StringComparison.Ordinal))).ToArray();
        if (rows.Length > 0)
        {
            return rows;
        }

        Console.Error.WriteLine(
            $"error: no row matches '{wanted}'; the ids are {string.Join(", ", Benchmarks.All.SelectMany(row => row.Ids))}.");
        return null;
    }

    /// <summary>Runs rows. What one of them fails with is said on the error stream, and the others go on.</summary>
    /// <returns>What was measured, and whether no row failed.</returns>
    public static (IReadOnlyList<Measurement> Results, bool HaveAllRun) Run(IEnumerable<Row> rows)
    {
        var (results, haveAllRun) = (new List<Measurement>(), true);
        foreach (var row in rows)
        {
            try
            {
                results.AddRange(row.Run());
            }
            catch (Exception error)
            {
                haveAllRun = false;
                Console.Error.WriteLine($"error: {string.Join(", ", row.Ids)}: {error.Message}");
            }
        }

        return (results, haveAllRun);
    }
}
