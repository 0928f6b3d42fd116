namespace Brachy.Compilation;

/// <summary>Removes equations and constants that no output needs.</summary>
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
                live.UnionWith(equation.Inputs);
                kept.Add(equation);
            }
        }

        kept.Reverse();
        return graph with { Equations = kept, Constants = [.. graph.Constants.Where(c => live.Contains(c.Var))] };
    }
}
