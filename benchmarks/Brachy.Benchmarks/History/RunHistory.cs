using System.Globalization;
using System.Text.RegularExpressions;

namespace Brachy.Benchmarks;

/// <summary>A folder with a file for each run.</summary>
internal sealed partial class RunHistory
{
    private readonly DirectoryInfo _folder;

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A file of the folder holds no run.</exception>
    public RunHistory(DirectoryInfo folder)
    {
        if (!folder.Exists)
        {
            throw new DirectoryNotFoundException($"there is no folder '{folder.FullName}' for the history; name one by --history");
        }

        _folder = folder;
        Runs = [.. folder.GetFiles("*.json").Select(RecordedRun.Read).OrderBy(run => run.Date)];
    }

    /// <summary>All runs, oldest first.</summary>
    public IReadOnlyList<RecordedRun> Runs { get; private set; }

    /// <summary>
    /// The latest run on a machine that measured a row; null for none. Runs of a few rows hide no older figures of others.
    /// </summary>
    public RecordedRun? LastWith(string id, Machine machine) =>
        Runs.LastOrDefault(run => run.Machine == machine && run.Rows.ContainsKey(id));

    /// <summary>Adds a run.</summary>
    /// <returns>Its file.</returns>
    public FileInfo Add(RecordedRun run)
    {
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Date.UtcDateTime:yyyy-MM-dd}-{run.Commit}-{Plain().Replace(run.Machine.Processor.ToLowerInvariant(), "-")}");
        var file = new FileInfo(Path.Combine(_folder.FullName, $"{name}.json"));
        for (var i = 2; file.Exists; i++)
        {
            file = new FileInfo(Path.Combine(_folder.FullName, $"{name}-{i}.json"));
        }

        run.Write(file);
        Runs = [.. Runs.Append(run).OrderBy(other => other.Date)];
        return file;
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Plain();
}
