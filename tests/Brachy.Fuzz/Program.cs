using System.CommandLine;
using System.Runtime.InteropServices;
using Brachy.Fuzz;

var count = new Option<int>("--count") { Description = "How many calls to make in all", DefaultValueFactory = _ => 100_000 };
var seed = new Option<int>("--seed") { Description = "Other calls for each seed", DefaultValueFactory = _ => 1 };
var only = new Option<string?>("--only") { Description = "Only functions whose signature contains this text", HelpName = "TEXT" };
var threads = new Option<int>("--threads")
{
    Description = "Make each accepted call again on so many threads at once, while its tensors are freed and given away",
    DefaultValueFactory = _ => 1
};
var stress = new Option<bool>("--stress")
{
    Description = "Instead: threads that read, compute with, give away and free the same tensors, and check every value"
};
var seconds = new Option<double>("--seconds") { Description = "How long --stress takes", DefaultValueFactory = _ => 60 };
var actions = new Option<long>("--actions")
{
    Description = "How much each thread of --stress does at most",
    DefaultValueFactory = _ => long.MaxValue
};
var chains = new Option<int>("--chains")
{
    Description =
        "Instead: so many random programs of thousands of dependent ops, on small stacks, the thread pool and the finalizer's thread"
};
var length =
    new Option<int>("--length") { Description = "How many steps a program of --chains has at most", DefaultValueFactory = _ => 10_000 };
var chainWorker = new Option<bool>("--chain-worker") { Hidden = true };
var stressWorker = new Option<bool>("--stress-worker") { Hidden = true };
var worker = new Option<string?>("--worker") { Hidden = true };
var cases = new Option<int>("--cases") { Hidden = true };
var first = new Option<int>("--first") { Hidden = true };
var skip = new Option<string?>("--skip") { Hidden = true };
var command = new RootCommand("Calls every public function with random arguments, eagerly, compiled and differentiated: nothing may abort "
    + "or fail in native code.")
{
    count, seed, only, threads, stress, seconds, actions, chains, length, chainWorker, stressWorker, worker, cases, first, skip,
};
command.SetAction(arguments =>
{
    var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
    if (arguments.GetValue(stressWorker))
    {
        StressWorker.Run(arguments.GetValue(seconds), arguments.GetValue(actions), arguments.GetValue(seed));
        return 0;
    }

    if (arguments.GetValue(chainWorker))
    {
        ChainSupervisor.Work(arguments.GetValue(chains), arguments.GetValue(length), arguments.GetValue(seed));
        return 0;
    }

    if (arguments.GetValue(chains) is > 0 and var programs)
    {
        var problems = ChainSupervisor.Run(
            programs, arguments.GetValue(length), arguments.GetValue(seed), typeof(Supervisor).Assembly.Location, host);
        foreach (var problem in problems)
        {
            Console.WriteLine(problem);
        }

        Console.WriteLine($"{programs} programs: {problems.Count} problems");
        return problems.Count == 0 ? 0 : 2;
    }

    if (arguments.GetValue(stress))
    {
        var found = StressSupervisor.Run(
            arguments.GetValue(seconds), arguments.GetValue(actions), arguments.GetValue(seed), typeof(Supervisor).Assembly.Location, host);
        foreach (var (name, times) in found.Counts)
        {
            Console.WriteLine($"{times,9} {name}");
        }

        foreach (var problem in found.Problems.Distinct().Concat(found.Missing.Select(name => $"never happened: {name}")))
        {
            Console.WriteLine(problem);
        }

        return found.Problems.Count + found.Missing.Count == 0 ? 0 : 2;
    }

    var filter = arguments.GetValue(only) is { Length: > 0 } text ? text : null;
    if (arguments.GetValue(worker) is { } note)
    {
        var skipped = (arguments.GetValue(skip) ?? "").Split(',');
        new Worker(arguments.GetValue(cases), arguments.GetValue(seed), filter, arguments.GetValue(threads), note, skipped).Run(
            arguments.GetValue(first));
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
    var report = new Supervisor(perTarget, arguments.GetValue(seed), filter, Console.Out, arguments.GetValue(threads)).Run(
        typeof(Supervisor).Assembly.Location, host);
    foreach (var name in report.NeverAccepted)
    {
        Console.WriteLine($"never accepted: {name}");
    }

    Console.WriteLine($"{targets * (long)perTarget} calls: {report.Accepted} accepted, {report.Refused} refused, {report.Failures.Count} "
        + $"problems, {report.Aborts} aborts");
    return report.Failures.Count == 0 ? 0 : 2;
});
return command.Parse(args).Invoke();
