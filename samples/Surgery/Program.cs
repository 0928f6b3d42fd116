using System.CommandLine;
using System.Globalization;
using Brachy;
using Spectre.Console;
using Surgery;

var names = string.Join(", ", Demonstrations.All.Select(d => d.Name));
var recipe = new Option<string?>("--recipe") { HelpName = "NAME", Description = $"One of {names}; all by default" };
recipe.Validators.Add(result =>
{
    if (result.GetValueOrDefault<string?>() is { } name && !Demonstrations.All.Any(d => d.Name == name))
    {
        result.AddError($"--recipe must be one of {names}, not '{name}'");
    }
});
var seed = new Option<int>("--seed") { HelpName = "N", Description = "Chooses the weights and the points" };
var command = new RootCommand("Takes a trained network apart and puts it together differently.") { recipe, seed };
command.SetAction(parsed =>
{
    using var rng = Rng.Scope(parsed.GetValue(seed));
    var patient = Patient.Train(parsed.GetValue(seed));
    AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Trained: accuracy {100 * patient.Accuracy(patient.Model):F1} %");
    var table = new Table().AddColumns("recipe", "what came of it");
    foreach (var (name, run) in Demonstrations.All.Where(d => parsed.GetValue(recipe) is not { } wanted || d.Name == wanted))
    {
        table.AddRow(Markup.Escape(name), Markup.Escape(run(patient)));
    }

    AnsiConsole.Write(table);
});
return command.Parse(args).Invoke();
