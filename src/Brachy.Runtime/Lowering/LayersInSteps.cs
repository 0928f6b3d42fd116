namespace Brachy.Compilation;

/// <summary>
/// Takes kernels for whole recurrent layers apart into loops, for backends that have no such kernel, or are compared with those that have.
/// </summary>
internal static class LayersInSteps
{
    private static readonly Pass s_pass = new("layers in steps", graph =>
        graph.Equations.Any(e => e.Primitive == F.LstmLayer || e.Primitive == F.LstmLayerBackward)
            ? GraphReplay.Rewrite(graph, (_, equation, x) => InSteps(equation, x))
            : graph);

    public static Graph Run(Graph graph) => s_pass.RunDeep(graph, new bool[graph.Inputs.Count]);

    private static Tensor[]? InSteps(Equation equation, Tensor[] x) =>
        equation.Primitive == F.LstmLayer ? LstmSteps.Results(x, F.LstmLayer.SettingsOf(equation))
        : equation.Primitive == F.LstmLayerBackward ? LstmSteps.Gradients(x, F.LstmLayerBackward.SettingsOf(equation).Reverse)
        : null;
}
