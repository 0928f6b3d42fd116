namespace Brachy.Compilation;

/// <summary>
/// Which carries of a loop its step writes over: those whose next value takes the memory of the one before, and shares it with no other
/// result of the step. The loop owns that memory: it copies the first value, unless its operand may be overwritten.
/// </summary>
internal static class LoopCarries
{
    /// <summary>Notes in each loop of a graph which carries its step writes over.</summary>
    public static Graph Choose(Graph graph)
    {
        graph = graph.MapBodies(Choose);
        return graph with
        {
            Equations = [.. graph.Equations.Select(equation => equation.Settings is LoopSettings settings
                ? equation with { Settings = settings with { Overwritten = Overwritten(settings) } }
                : equation)],
        };
    }

    /// <summary>The memory plan of a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="overwritten">The positions of the inputs that it may write over.</param>
    public static MemoryPlan PlanOf(Graph body, IReadOnlyList<long> overwritten) =>
        MemoryPlan.Make(body, [.. body.Inputs.Select((_, i) => overwritten.Contains(i))], Landing(body));

    /// <summary>Whether a value of a step may take the memory of a carry.</summary>
    public static Func<Var, Var, bool> Landing(Graph step)
    {
        var lifetimes = new Lifetimes(step);
        var roots = step.Outputs.OfType<Var>().CountBy(lifetimes.Root).ToDictionary();
        var carries = new Dictionary<Var, Var>();
        for (var i = 0; i < Math.Min(step.Inputs.Count, step.Outputs.Count); i++)
        {
            if (step.Outputs[i] is Var next && ReferenceEquals(lifetimes.Root(next), next) && roots[next] == 1)
            {
                carries.Add(step.Inputs[i], next);
            }
        }

        return (carry, result) => ReferenceEquals(carries.GetValueOrDefault(carry), result);
    }

    private static Shape Overwritten(LoopSettings settings)
    {
        var plan = PlanOf(settings.Step.Graph, [.. Enumerable.Range(0, settings.Carries).Select(i => (long)i)]);
        return [.. plan.OverwrittenInputs.Index().Where(input => input.Item).Select(input => (long)input.Index)];
    }
}
