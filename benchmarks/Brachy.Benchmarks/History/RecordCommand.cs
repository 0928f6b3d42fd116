using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Brachy.Compilation;
using Spectre.Console;

namespace Brachy.Benchmarks;

/// <summary><c>record</c>: runs the benchmarks, writes a file of the history, and compares with the last run of the same machine.</summary>
internal static class RecordCommand
{
    public static Command Make(Option<string?> filter)
    {
        var folder = new Option<DirectoryInfo?>("--history")
        {
            Description = "The folder of the history; benchmarks/history of the working tree if not given",
            HelpName = "FOLDER",
        };
        var machine = new Option<string?>("--machine")
        {
            Description = "A name in place of the processor's, for machines that look alike",
            HelpName = "NAME"
        };
        var note = new Option<string?>("--note") { Description = "What a reader of the file should know", HelpName = "TEXT" };
        var command = new Command("record", "Adds a run to the history and compares it with the last one of the same machine.")
        {
            filter, folder, machine, note
        };
        command.SetAction(arguments =>
        {
            // Whatever could fail is asked before minutes go into measuring.
            if (RowSelection.Of(arguments.GetValue(filter)) is not { } rows)
            {
                return 1;
            }

            string commit;
            RunHistory history;
            try
            {
                commit = SourceControl.Commit();
                var place = arguments.GetValue(folder)
                    ?? new DirectoryInfo(Path.Combine(SourceControl.Root().FullName, "benchmarks", "history"));
                history = new RunHistory(place);
            }
            catch (Exception error)
                when (error is InvalidOperationException or IOException or InvalidDataException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"error: {error.Message}.");
                return 1;
            }

            // No row should pay for measuring the machine.
            Console.Error.WriteLine($"costs: {MachineCosts.Current.Name}");
            var (measured, haveAllRun) = RowSelection.Run(rows);
            var run = new RecordedRun(
                Machine.OfProcess(arguments.GetValue(machine)),
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}", commit, DateTimeOffset.UtcNow,
                arguments.GetValue(note), measured.ToDictionary(row => row.Id, RecordedRow.Of));
            Print(run, history);
            Console.WriteLine($"written: {history.Add(run).FullName}");
            return !haveAllRun ? 1 : measured.All(row => row.IsMet) ? 0 : 2;
        });
        return command;
    }

    private static void Print(RecordedRun run, RunHistory history)
    {
        Console.WriteLine(run.Machine);
        var table = new Table().AddColumns("id", "measured", "change", "wanted", "details");
        foreach (var (id, row) in run.Rows)
        {
            var change = Change.Of(id, row, run.Machine, history);
            var color = change.IsBetter switch { true => "green", false => "red", _ => "default" };
            table.AddRow(
                Markup.Escape(id), row.Value.ToString("0.###", CultureInfo.InvariantCulture),
                $"[{color}]{Markup.Escape(change.ToString())}[/]", Markup.Escape(row.Wanted), Markup.Escape(row.Details));
        }

        AnsiConsole.Write(table);
    }
}
