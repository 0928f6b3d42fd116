namespace Brachy.Compilation;

/// <summary>
/// Vector code for training steps of convolutional networks, compiled by the passes that leave libtorch's kernels out of account.
/// </summary>
internal sealed class TrainedConvolutionsBackend() : Backend("vector code for trained convolutions")
{
    internal override bool IsForLibtorch => false;

    /// <summary>Whether a graph as it was traced is worth a closer look.</summary>
    public static bool MayBeFaster(Graph graph) =>
        graph.Equations.Any(equation => equation.Primitive == F.ConvolutionBackward) && VectorPolicy.IsFaster(graph);

    internal override Executable? TryCompile(Graph graph, bool[] donated) =>
        VectorBackend.IfFaster(graph, donated, VectorPolicy.IsFaster);

    /// <summary>Stages that would go back to libtorch would lack its passes: no rule is missing, or the graph is not taken.</summary>
    internal override Executable? TryCompileStages(Graph graph, bool[] donated) =>
        graph.Equations.All(equation => equation.Exchanges || HasRule(equation)) ? base.TryCompileStages(graph, donated) : null;

    /// <summary>A stage; that of the optimizer alone may be better in libtorch.</summary>
    internal override Executable Compile(Graph graph, bool[] donated) => TryCompile(graph, donated) ?? Default.Compile(graph, donated);

    private static bool HasRule(Equation equation) => TrainingKernels.All.ContainsKey(equation.Primitive.Name)
        && (equation.Settings is not ConvolutionBackwardSettings settings
            || ConvolutionGradientKernels.Fits(settings, equation.Inputs[2].Type.Shape));
}
