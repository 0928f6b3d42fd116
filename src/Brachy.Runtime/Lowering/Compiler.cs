using Brachy.Native;

namespace Brachy.Compilation;

/// <summary>Runs the passes and a backend on a thread with stack enough, under the switches of the thread that asks.</summary>
internal static class Compiler
{
    // The passes themselves do not recurse over the graph.
    private const long Stack = 16L << 20;

    /// <summary>Compiles a graph.</summary>
    /// <param name="graph">The graph as it was traced.</param>
    /// <param name="donated">For each input whether the caller gives it away.</param>
    /// <param name="backend">What runs it.</param>
    /// <param name="name">The function, for messages.</param>
    public static Executable Compile(Graph graph, bool[] donated, Backend backend, string name)
    {
        Executable? compiled = null;
        var switches = CompilerPasses.OfThisThread;
        DeepStack.Run(Stack, name, () =>
        {
            using var passes = CompilerPasses.Disable(switches);

            // What passes compute on the way; what the result captures has owners of its own.
            using var scope = TensorScope.Begin();
            compiled = backend.Compile(Passes.RunAll(graph, donated), donated);
        });
        return compiled!;
    }
}
