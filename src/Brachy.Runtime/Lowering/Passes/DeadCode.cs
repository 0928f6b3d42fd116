using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Removes equations and constants that no output needs, and of loops and choices the results that nobody reads, with what only they need.
/// </summary>
internal static class DeadCode
{
    public static Graph Run(Graph graph)
    {
        var live = new HashSet<Atom>(graph.Outputs);
        var kept = new List<Equation>(graph.Equations.Count);
        for (var i = graph.Equations.Count - 1; i >= 0; i--)
        {
            var equation = graph.Equations[i];
            if (equation.Outputs.Any(live.Contains))
            {
                equation = WithoutDead(equation, live);
                live.UnionWith(equation.Inputs);
                kept.Add(equation);
            }
        }

        kept.Reverse();
        return graph with { Equations = kept, Constants = [.. graph.Constants.Where(c => live.Contains(c.Var))] };
    }

    private static Equation WithoutDead(Equation equation, HashSet<Atom> live)
    {
        if (equation.Settings is not BodySettings settings)
        {
            return equation;
        }

        var use = settings.Prune([.. equation.Outputs.Select(live.Contains)]);
        return equation with
        {
            Settings = use.Settings.WithBodies([.. use.Settings.Bodies.Select(Run)]),
            Inputs = [.. use.Inputs.Select(i => equation.Inputs[i])],
            Outputs = [.. use.Outputs.Select(i => equation.Outputs[i])],
        };
    }
}
