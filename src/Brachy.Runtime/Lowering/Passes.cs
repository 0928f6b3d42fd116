using System.Diagnostics;

namespace Brachy;

/// <summary>A rewrite of a graph into an equal, better one.</summary>
/// <param name="Name">The name, for messages and switches.</param>
/// <param name="Run">The rewrite.</param>
internal sealed record Pass(string Name, Func<Graph, Graph> Run);

/// <summary>The passes that every graph goes through before a backend gets it, top to bottom.</summary>
internal static class Passes
{
    public static IReadOnlyList<Pass> All { get; } =
    [
        new("alias removal", AliasRemoval.Run),
        new("common subexpressions", CommonSubexpressions.Run),
        new("dead code", DeadCode.Run),
        new("mutations last", MutationsLast.Run),
    ];

    public static Graph RunAll(Graph graph) => All.Aggregate(graph, (g, pass) => Checked(pass.Run(g)));

    private static Graph Checked(Graph graph)
    {
        CheckInDebugBuilds(graph);
        return graph;
    }

    [Conditional("DEBUG")]
    private static void CheckInDebugBuilds(Graph graph) => GraphChecker.Check(graph);
}
