using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Graphs as routines.</summary>
internal static class Routines
{
    /// <param name="graph">The graph.</param>
    /// <param name="plan">Its memory plan.</param>
    public static Routine Of(Graph graph, MemoryPlan plan) => new(
        graph.Inputs, [.. graph.Constants.Select(constant => constant.Var)], [.. graph.Equations.Select((e, i) => Of(e, i, plan))],
        [.. plan.NativeResults.Take(plan.ReturnedResults)], plan.Outputs, [.. graph.Outputs.Select(output => output.Type)]);

    private static Instruction Of(Equation equation, int index, MemoryPlan plan)
    {
        int[] kept = [.. Enumerable.Range(0, equation.Inputs.Count).Where(i => plan.NeedsCopy(index, i))];
        return new(equation.Primitive.Name, FormOf(equation.Settings), equation.Inputs, equation.Outputs)
        {
            Overwrites = equation.Overwrites is { } operand && !kept.Contains(operand) ? operand : null,
            Kept = kept,
            Bodies = equation.Settings switch
            {
                LoopSettings { Condition: { } condition } loop =>
                    [StepOf(loop), Of(condition.Graph, LoopCarries.PlanOf(condition.Graph, []))],
                LoopSettings loop => [StepOf(loop)],
                BodySettings choice => [.. choice.Bodies.Select(body => Of(body, LoopCarries.PlanOf(body, [])))],
                _ => [],
            },
        };
    }

    private static Routine StepOf(LoopSettings loop) => Of(loop.Step.Graph, LoopCarries.PlanOf(loop.Step.Graph, loop.Overwritten));

    private static Settings FormOf(Settings settings) => settings switch
    {
        LoopSettings loop => new LoopForm(
            loop.Carries, loop.Slices, loop.Length, loop.Reverse, loop.HasCount, loop.GivesCount, loop.Overwritten),
        BodySettings => Settings.None,
        _ => settings,
    };
}
