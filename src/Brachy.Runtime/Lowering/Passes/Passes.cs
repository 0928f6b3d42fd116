using System.Diagnostics;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>A rewrite of a graph into an equal, better one. It also sees which inputs the caller gives away.</summary>
internal delegate Graph GraphRewrite(Graph graph, IReadOnlyList<bool> donated);

/// <summary>A rewrite of a graph that a loop or a choice runs.</summary>
internal delegate Graph BodyRewrite(Graph body, BodySettings settings);

/// <summary>A named rewrite.</summary>
/// <param name="Name">The name, for messages and switches.</param>
/// <param name="Run">The rewrite of the whole, after that of the bodies.</param>
/// <param name="RunBody">The rewrite of a body.</param>
internal sealed record Pass(string Name, GraphRewrite Run, BodyRewrite RunBody)
{
    /// <summary>Whether it chooses among libtorch's kernels.</summary>
    public bool IsForLibtorch { get; init; }

    public Pass(string name, Func<Graph, Graph> run)
        : this(name, (graph, _) => run(graph), (body, _) => run(body))
    {
    }

    /// <summary>Rewrites a graph and, first, all bodies in it.</summary>
    public Graph RunDeep(Graph graph, IReadOnlyList<bool> donated) => Run(InBodies(graph), donated);

    private Graph InBodies(Graph graph) => graph.MapBodies((body, settings) =>
    {
        var inner = InBodies(body);

        // The settings know the body by its place, which the rewrite of inner bodies does not change.
        var place = settings.Bodies.Index().First(other => ReferenceEquals(other.Item, body)).Index;
        var updated = ReferenceEquals(inner, body) ? settings
            : settings.WithBodies([.. settings.Bodies.Select((other, i) => i == place ? inner : other)]);
        return RunBody(inner, updated);
    });
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
        new("narrow softmax", NarrowSoftmax.Run),
        new("algebraic cleanup", AlgebraicCleanup.Run),
        new("outer products", OuterProducts.Run),
        new("packed projections", PackedProjections.Run),
        new("winograd convolutions", WinogradConvolutions.Run) { IsForLibtorch = true },
        new("convolution fusion", ConvolutionFusion.Run) { IsForLibtorch = true },
        new("slice gradients", SliceGradients.Run),
        new("loop sums", LoopSums.Run),
        new("matrix accumulation", MatrixAccumulation.Run),
        new("channels last", ChannelsLast.Run) { IsForLibtorch = true },
        new("repeats of rewrites", CommonSubexpressions.Run),
        new("leftovers", DeadCode.Run),
        new("in place", InPlaceUpdates.Run, InPlaceUpdates.RunBody),
        new("mutations last", MutationsLast.Run),
    ];

    /// <summary>Runs them.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="donated">For each input whether the caller gives it away.</param>
    /// <param name="isForLibtorch">Whether libtorch's kernels will run it.</param>
    public static Graph RunAll(Graph graph, IReadOnlyList<bool> donated, bool isForLibtorch = true)
    {
        foreach (var pass in All.Where(pass => !CompilerPasses.IsDisabled(pass.Name) && (isForLibtorch || !pass.IsForLibtorch)))
        {
            graph = pass.RunDeep(graph, donated);
            CheckInDebugBuilds(graph);
        }

        return graph;
    }

    [Conditional("DEBUG")]
    private static void CheckInDebugBuilds(Graph graph) => GraphChecker.Check(graph);
}
