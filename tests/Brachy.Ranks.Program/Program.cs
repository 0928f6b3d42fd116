using Brachy.Ranks.Program;

if (args.Length == 0 || !Cases.All.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"Name a case: {string.Join(", ", Cases.All.Keys.Order())}.");
    return 64;
}

run(args[1..]);
return 0;
