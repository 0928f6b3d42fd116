namespace Brachy.Compilation;

/// <summary>
/// Moves equations that overwrite inputs, and what depends on them, behind all others: a kernel that fails on bad data
/// then fails while every donated tensor is still whole.
/// </summary>
internal static class MutationsLast
{
    public static Graph Run(Graph graph)
    {
        var inputs = new HashSet<Atom>(graph.Inputs);
        var after = new HashSet<Atom>();
        var (first, last) = (new List<Equation>(graph.Equations.Count), new List<Equation>());
        foreach (var equation in graph.Equations)
        {
            var overwritesInput = equation.Primitive.MutatesInputs
                || (equation.Overwrites is { } operand && inputs.Contains(equation.Inputs[operand]));
            if (!overwritesInput && !equation.Inputs.Any(after.Contains))
            {
                first.Add(equation);
                continue;
            }

            last.Add(equation);
            after.UnionWith(equation.Outputs);
        }

        return graph with { Equations = [.. first, .. last] };
    }
}
