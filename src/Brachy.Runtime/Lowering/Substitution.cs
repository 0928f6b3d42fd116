namespace Brachy;

/// <summary>Rewrites a graph front to back while replacing variables.</summary>
internal static class Substitution
{
    /// <param name="graph">The graph.</param>
    /// <param name="replace">
    /// From an equation and its operands, with replacements made, to the atom that stands for its only result from now on,
    /// or null to keep the equation.
    /// </param>
    public static Graph Rewrite(Graph graph, Func<Equation, IReadOnlyList<Atom>, Atom?> replace)
    {
        var replaced = new Dictionary<Atom, Atom>();
        Atom Resolve(Atom atom) => replaced.GetValueOrDefault(atom, atom);

        var equations = new List<Equation>(graph.Equations.Count);
        foreach (var equation in graph.Equations)
        {
            var inputs = equation.Inputs.Select(Resolve).ToArray();
            if (equation.Outputs.Count == 1 && replace(equation, inputs) is { } atom)
            {
                replaced.Add(equation.Outputs[0], atom);
            }
            else
            {
                equations.Add(equation with { Inputs = inputs });
            }
        }

        return graph with { Equations = equations, Outputs = [.. graph.Outputs.Select(Resolve)] };
    }
}
