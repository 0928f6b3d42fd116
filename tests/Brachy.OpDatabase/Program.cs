using System.CommandLine;
using Brachy.OpDatabase;

var file = new Argument<FileInfo>("samples") { Description = "What export.py wrote" };
var only = new Option<string?>("--only") { Description = "Only ops whose name contains this text", HelpName = "TEXT" };
var details = new Option<bool>("--details") { Description = "Print one sample of each op and outcome" };
var command = new RootCommand("Calls the functions of F with the samples of PyTorch's op database, and compares results, gradients and "
    + "compiled results.")
{
    file, only, details
};
command.SetAction(arguments =>
{
    var outcomes = new Dictionary<(string Op, Outcome Outcome), (int Count, string Example)>();
    foreach (var line in File.ReadLines(arguments.GetValue(file)!.FullName))
    {
        Sample sample;
        try
        {
            sample = Sample.Parse(line);
        }
        catch (NotSupportedException)
        {
            continue;
        }

        if (arguments.GetValue(only) is { } text && !sample.Op.Contains(text, StringComparison.Ordinal))
        {
            continue;
        }

        var (outcome, detail) = Check.Of(sample);
        var (count, example) = outcomes.GetValueOrDefault((sample.Op, outcome), (0, $"{sample.Title}: {detail}"));
        outcomes[(sample.Op, outcome)] = (count + 1, example);
    }

    if (arguments.GetValue(details))
    {
        foreach (var ((op, outcome), (count, example)) in outcomes.OrderBy(o => o.Key.Outcome).ThenBy(o => o.Key.Op, StringComparer.Ordinal)
            .Where(o => o.Key.Outcome != Outcome.Same))
        {
            Console.WriteLine($"{outcome} {op} ×{count}: {(example.Length > 400 ? $"{example[..400]}…" : example)}");
        }
    }

    Console.WriteLine($"{"outcome",-16}{"samples",8}{"ops",6}");
    foreach (var outcome in Enum.GetValues<Outcome>())
    {
        var found = outcomes.Where(o => o.Key.Outcome == outcome).ToArray();
        Console.WriteLine($"{outcome,-16}{found.Sum(o => o.Value.Count),8}{found.Length,6}");
    }

    return 0;
});
return command.Parse(args).Invoke();
