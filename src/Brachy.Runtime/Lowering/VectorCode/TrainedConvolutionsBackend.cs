namespace Brachy.Compilation;

/// <summary>
/// Vector code for training steps of convolutional networks, compiled by the passes that leave libtorch's kernels out of account.
/// </summary>
internal sealed class TrainedConvolutionsBackend() : Backend("vector code for trained convolutions")
{
    internal override bool IsForLibtorch => false;

    /// <summary>Whether a graph as it was traced is worth a closer look.</summary>
    public static bool MayBeFaster(Graph graph) =>
        graph.Equations.Any(equation => equation.Primitive == F.ConvolutionBackward)
        && (Rank.Count == 1 || !graph.Exchanges || graph.Equations.All(HasRule)) && VectorPolicy.IsFaster(graph);

    internal override Executable? TryCompile(Graph graph, bool[] donated) => VectorBackend.IfFaster(graph, donated);

    /// <summary>A part of what several ranks run.</summary>
    internal override Executable Compile(Graph graph, bool[] donated) => TryCompile(graph, donated) ?? Default.Compile(graph, donated);

    private static bool HasRule(Equation equation) => equation.Exchanges || TrainingKernels.All.ContainsKey(equation.Primitive.Name);
}
