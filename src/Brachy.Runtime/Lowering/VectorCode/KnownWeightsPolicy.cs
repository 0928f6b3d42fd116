using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Decides which evaluated networks run as vector code: those whose products have known weights, which are laid out once, so that they take
/// no longer than libtorch's, and what is around them less.
/// </summary>
internal static class KnownWeightsPolicy
{
    // Measured on AVX-512 against oneDNN: ResNet-18 and MiniLM. Smaller networks are left to what counts operators alone.
    private const double FewestMultiplyAdds = 1e7;

    // What takes one thread here and two in libtorch; what follows a product is done while it is in the cache.
    private const double LostPerElement = 0.1e-9;
    private const double LostPerCopiedElement = 1e-9;

    // Products of fewer rows, and attention of fewer queries, go row by row.
    private const long FewestRows = 8;
    private const double LeastShare = 0.9;

    /// <summary>Whether a graph as it was traced is worth a closer look.</summary>
    public static bool MayBeFaster(Graph graph) => graph.Equations.Any(
        equation => equation.Primitive == F.Convolution || (equation.Primitive == F.Linear && equation.Cost.MultiplyAdds > 0))
        && !graph.Equations.Any(equation => equation.Settings is BodySettings);

    /// <summary>Whether vector code is faster for a graph that the passes have rewritten.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="copiedElements">How many elements are copied on the way from one layout to another.</param>
    public static bool IsFaster(Graph graph, long copiedElements = 0)
    {
        // Costs may have to be measured first.
        var total = Of(graph, MachineCosts.Fixed);
        return total.Products >= FewestMultiplyAdds && total.Products >= LeastShare * total.MultiplyAdds
            && SavedBy(graph) > copiedElements * LostPerCopiedElement;
    }

    /// <summary>The seconds that vector code should take less for a run.</summary>
    public static double SavedBy(Graph graph) => Of(graph, MachineCosts.Current).Saved;

    private static (double Products, double MultiplyAdds, double Saved) Of(Graph graph, MachineCosts costs)
    {
        var known = graph.Constants.Select(constant => constant.Var).ToHashSet<Atom>();
        var (products, all, saved) = (0.0, 0.0, 0.0);
        var inCache = new HashSet<Atom>();
        foreach (var equation in graph.Equations.Where(equation => !equation.Primitive.IsView))
        {
            var cost = equation.Cost;
            saved += costs[MachineCost.SavedPerOperator];
            all += cost.MultiplyAdds;
            products += IsFast(equation, known) ? cost.MultiplyAdds : 0;
            saved += equation.Primitive == F.Convolution ? cost.MultiplyAdds * costs[MachineCost.SavedPerMultiplyAddOfConvolution] : 0;
            if (cost.MultiplyAdds > 0
                || (equation.Primitive.BatchingRule == Batching.Elementwise && equation.Inputs.Any(input => inCache.Contains(input))))
            {
                inCache.UnionWith(equation.Outputs);
            }
            else
            {
                saved -= cost.Elements * LostPerElement;
            }
        }

        return (products, all, saved);
    }

    private static bool IsFast(Equation equation, HashSet<Atom> known)
    {
        if (equation.Inputs is not [{ Type.Shape: var shape }, ..])
        {
            return false;
        }

        return equation.Primitive == F.Convolution ? known.Contains(equation.Inputs[1])
            : equation.Primitive == F.Linear ? known.Contains(equation.Inputs[1]) && shape.NumElements >= FewestRows * shape[^1]
            : equation.Primitive == F.FlashAttention && shape[2] >= FewestRows;
    }
}
