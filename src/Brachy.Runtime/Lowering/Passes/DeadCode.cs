using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Removes equations and constants that no output needs, and of loops, choices and other ops that know how, the results that nobody reads,
/// with what only they need.
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
        if ((equation.Bodies.Count == 0 && equation.Outputs.All(live.Contains))
            || equation.Settings.Prune([.. equation.Outputs.Select(live.Contains)]) is not { } use)
        {
            return equation;
        }

        return equation with
        {
            Settings = use.Settings is BodySettings settings ? settings.WithBodies([.. settings.Bodies.Select(Run)]) : use.Settings,
            Inputs = [.. use.Inputs.Select(i => equation.Inputs[i])],
            Outputs = [.. use.Outputs.Select(i => equation.Outputs[i])],
        };
    }
}
