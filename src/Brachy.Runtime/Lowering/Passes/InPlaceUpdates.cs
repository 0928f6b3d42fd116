using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Lets elementwise equations write over an operand that nothing reads any more: an intermediate value, or a donated input whose
/// memory a result of the graph takes.
/// </summary>
internal static class InPlaceUpdates
{
    public static Graph Run(Graph graph, IReadOnlyList<bool> donated)
    {
        var results = graph.Outputs.ToHashSet();
        var given = graph.Inputs.Where((_, i) => donated[i]).ToHashSet();
        return Run(graph, (input, result) => given.Contains(input) && results.Contains(result));
    }

    /// <param name="body">The graph that a loop or a choice runs.</param>
    /// <param name="settings">The loop or choice.</param>
    public static Graph RunBody(Graph body, BodySettings settings) =>
        Run(body, settings is LoopSettings loop && ReferenceEquals(body, loop.Step.Graph) ? LoopCarries.Landing(body) : (_, _) => false);

    private static Graph Run(Graph graph, Func<Var, Var, bool> mayTake)
    {
        var lifetimes = new Lifetimes(graph);
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
                    && (lifetimes.IsFresh(value) || mayTake(value, equation.Outputs[0])))
                {
                    return operand;
                }
            }

            return null;
        }
    }
}
