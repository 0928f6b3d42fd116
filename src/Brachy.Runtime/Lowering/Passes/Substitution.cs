namespace Brachy.Compilation;

/// <summary>Rewrites a graph front to back while replacing variables.</summary>
internal static class Substitution
{
    /// <param name="graph">The graph.</param>
    /// <param name="replace">
    /// From an equation and its operands, with replacements made, to the atoms that stand for its results from now on, or
    /// null to keep the equation.
    /// </param>
    public static Graph Rewrite(Graph graph, Func<Equation, IReadOnlyList<Atom>, IReadOnlyList<Atom>?> replace)
    {
        var replaced = new Dictionary<Atom, Atom>();
        Atom Resolve(Atom atom) => replaced.GetValueOrDefault(atom, atom);

        var equations = new List<Equation>(graph.Equations.Count);
        foreach (var equation in graph.Equations)
        {
            var inputs = equation.Inputs.Select(Resolve).ToArray();
            if (replace(equation, inputs) is { } atoms)
            {
                for (var i = 0; i < equation.Outputs.Count; i++)
                {
                    replaced.Add(equation.Outputs[i], atoms[i]);
                }
            }
            else
            {
                equations.Add(equation with { Inputs = inputs });
            }
        }

        return graph with { Equations = equations, Outputs = [.. graph.Outputs.Select(Resolve)] };
    }
}
