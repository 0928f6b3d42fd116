using System.CommandLine;
using System.Runtime.InteropServices;
using Brachy.Fuzz;

var count = new Option<int>("--count") { Description = "How many calls to make in all", DefaultValueFactory = _ => 100_000 };
var seed = new Option<int>("--seed") { Description = "Other calls for each seed", DefaultValueFactory = _ => 1 };
var only = new Option<string?>("--only") { Description = "Only functions whose signature contains this text", HelpName = "TEXT" };
var worker = new Option<string?>("--worker") { Hidden = true };
var cases = new Option<int>("--cases") { Hidden = true };
var first = new Option<int>("--first") { Hidden = true };
var skip = new Option<string?>("--skip") { Hidden = true };
var command = new RootCommand("Calls every public function with random arguments, eagerly, compiled and differentiated: nothing may abort or fail in native code.")
{
    count, seed, only, worker, cases, first, skip,
};
command.SetAction(arguments =>
{
    var filter = arguments.GetValue(only) is { Length: > 0 } text ? text : null;
    if (arguments.GetValue(worker) is { } note)
    {
        var skipped = (arguments.GetValue(skip) ?? "").Split(',');
        new Worker(arguments.GetValue(cases), arguments.GetValue(seed), filter, note, skipped).Run(arguments.GetValue(first));
        return 0;
    }

    var targets = PublicSurface.Targets.Count(t => filter is null || t.Name.Contains(filter, StringComparison.Ordinal));
    if (targets == 0)
    {
        Console.Error.WriteLine($"error: no signature contains '{filter}'.");
        return 1;
    }

    var perTarget = (arguments.GetValue(count) + targets - 1) / targets;
    Console.WriteLine($"{targets} functions, {perTarget} calls each, seed {arguments.GetValue(seed)}");
    var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
    var report = new Supervisor(perTarget, arguments.GetValue(seed), filter, Console.Out).Run(typeof(Supervisor).Assembly.Location, host);
    foreach (var name in report.NeverAccepted)
    {
        Console.WriteLine($"never accepted: {name}");
    }

    Console.WriteLine($"{targets * (long)perTarget} calls: {report.Accepted} accepted, {report.Refused} refused, {report.Failures.Count} problems, {report.Aborts} aborts");
    return report.Failures.Count == 0 ? 0 : 2;
});
return command.Parse(args).Invoke();
