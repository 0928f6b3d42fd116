namespace Brachy.Compilation;

/// <summary>Decides which networks of convolutions run as vector code: those whose kernels are known, so that they are laid out once.</summary>
internal static class ImagePolicy
{
    /// <summary>Whether a graph as it was traced is worth a closer look.</summary>
    public static bool MayBeFaster(Graph graph) => graph.Equations.Any(equation => equation.Primitive == F.Convolution);

    /// <summary>Whether vector code is faster for a graph that the passes have rewritten.</summary>
    public static bool IsFaster(Graph graph)
    {
        var known = graph.Constants.Select(constant => constant.Var).ToHashSet();
        var convolutions = graph.Equations.Where(equation => equation.Primitive == F.Convolution).ToList();
        return convolutions.Count > 0 && convolutions.TrueForAll(convolution => convolution.Inputs.Skip(1).All(known.Contains));
    }
}
