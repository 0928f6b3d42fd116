using System.Diagnostics;

namespace Brachy.Compilation;

/// <summary>A rewrite of a graph into an equal, better one. It also sees which inputs the caller gives away.</summary>
internal delegate Graph GraphRewrite(Graph graph, IReadOnlyList<bool> donated);

/// <summary>A named rewrite.</summary>
/// <param name="Name">The name, for messages and switches.</param>
/// <param name="Run">The rewrite.</param>
internal sealed record Pass(string Name, GraphRewrite Run)
{
    public Pass(string name, Func<Graph, Graph> run)
        : this(name, (graph, _) => run(graph))
    {
    }
}

/// <summary>The passes that every graph goes through before a backend gets it, top to bottom.</summary>
internal static class Passes
{
    public static IReadOnlyList<Pass> All { get; } =
    [
        new("alias removal", AliasRemoval.Run),
        new("common subexpressions", CommonSubexpressions.Run),
        new("dead code", DeadCode.Run),
        new("constant folding", ConstantFolding.Run),
        new("batch norm folding", BatchNormFolding.Run),
        new("algebraic cleanup", AlgebraicCleanup.Run),
        new("packed projections", PackedProjections.Run),
        new("winograd convolutions", WinogradConvolutions.Run),
        new("convolution fusion", ConvolutionFusion.Run),
        new("slice gradients", SliceGradients.Run),
        new("matrix accumulation", MatrixAccumulation.Run),
        new("channels last", ChannelsLast.Run),
        new("repeats of rewrites", CommonSubexpressions.Run),
        new("leftovers", DeadCode.Run),
        new("in place", InPlaceUpdates.Run),
        new("mutations last", MutationsLast.Run),
    ];

    public static Graph RunAll(Graph graph, IReadOnlyList<bool> donated)
    {
        foreach (var pass in All.Where(pass => !CompilerPasses.IsDisabled(pass.Name)))
        {
            graph = pass.Run(graph, donated);
            CheckInDebugBuilds(graph);
        }

        return graph;
    }

    [Conditional("DEBUG")]
    private static void CheckInDebugBuilds(Graph graph) => GraphChecker.Check(graph);
}
