using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Brachy.Benchmarks;
using Brachy.Compilation;
using Spectre.Console;

if (args is [PeakMemory.Command, var workload])
{
    return PeakMemory.Run(workload);
}

if (args is [RankedSteps.Command, var model])
{
    return RankedSteps.Run(model);
}

if (args is [BusyMachine.Command])
{
    return BusyMachine.Run();
}

if (args is [AllReduceSpeed.Command])
{
    return AllReduceSpeed.Run();
}

var json = new Option<FileInfo?>("--json") { Description = "Also write one flat object of id → number to this file", HelpName = "FILE" };
var filter = new Option<string?>("--filter") { Description = "Only rows whose id contains this text", HelpName = "TEXT" };
var command = new RootCommand("Measures Brachy: medians and ratios of interleaved runs in one process.")
{
    json,
    filter,
    RecordCommand.Make(filter),
};
command.SetAction(arguments =>
{
    if (RowSelection.Of(arguments.GetValue(filter)) is not { } rows)
    {
        return 1;
    }

    var file = arguments.GetValue(json);
    if (file is { Directory.Exists: false })
    {
        Console.Error.WriteLine($"error: --json must name a file in an existing folder, and '{file.DirectoryName}' is none.");
        return 1;
    }

    // No row should pay for measuring the machine.
    Console.Error.WriteLine($"costs: {MachineCosts.Current.Name}");
    var (results, haveAllRun) = RowSelection.Run(rows);

    var table = new Table().AddColumns("id", "measured", "wanted", "details");
    foreach (var result in results)
    {
        var color = result.IsMet ? "green" : "red";
        table.AddRow(
            Markup.Escape(result.Id),
            $"[{color}]{result.Value.ToString("0.###", CultureInfo.InvariantCulture)}[/]",
            Markup.Escape(result.Wanted),
            Markup.Escape(result.Details));
    }

    AnsiConsole.Write(table);
    if (file is not null)
    {
        var values = results.ToDictionary(result => result.Id, result => result.Value);
        using var stream = file.Create();
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        foreach (var (id, value) in values)
        {
            writer.WriteNumber(id, value);
        }

        writer.WriteEndObject();
    }

    // 2 tells a missed target from a wrong call, or a row that failed.
    return !haveAllRun ? 1 : results.All(result => result.IsMet) ? 0 : 2;
});
return command.Parse(args).Invoke();
