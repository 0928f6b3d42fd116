namespace Brachy.Compilation;

/// <summary>
/// Lets elementwise equations write over an operand that nothing reads any more: an intermediate value, or a donated input whose
/// memory a result of the graph takes.
/// </summary>
internal static class InPlaceUpdates
{
    public static Graph Run(Graph graph, IReadOnlyList<bool> donated)
    {
        var lifetimes = new Lifetimes(graph);
        var results = graph.Outputs.ToHashSet();
        var given = graph.Inputs.Where((_, i) => donated[i]).ToHashSet();
        return graph with
        {
            Equations = [.. graph.Equations.Select(
                (equation, i) => Choose(equation, i) is { } operand ? equation with { Overwrites = operand } : equation)],
        };

        int? Choose(Equation equation, int index)
        {
            foreach (var operand in equation.Primitive.OperandsForResult)
            {
                if (equation.Inputs.ElementAtOrDefault(operand) is Var value && value.Type.Equals(equation.Outputs[0].Type)
                    && lifetimes.EndsAt(value, equation, index)
                    && (lifetimes.IsFresh(value) || (given.Contains(value) && results.Contains(equation.Outputs[0]))))
                {
                    return operand;
                }
            }

            return null;
        }
    }
}
