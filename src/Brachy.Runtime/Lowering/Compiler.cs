using Brachy.Native;
using Brachy.Telemetry;

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
    /// <param name="subject">The function, for messages and spans.</param>
    public static Executable Compile(Graph graph, bool[] donated, Backend backend, CompiledSubject subject)
    {
        Executable? compiled = null;
        OnDeepStack(subject, () =>
        {
            if (backend.First(graph) is { } first)
            {
                compiled = TryCompile(graph, donated, first, subject);
            }

            compiled ??= TryCompile(graph, donated, backend, subject);
        });
        return compiled!;
    }

    /// <summary>Compiles a graph, unless the backend declines it.</summary>
    private static Executable? TryCompile(Graph graph, bool[] donated, Backend backend, CompiledSubject subject)
    {
        var (rewritten, _) = CompilePhase.Passes.Measure(subject, span =>
        {
            var result = LoopCarries.Choose(
                BodyConstants.Lift(Passes.RunAll(backend.Prepare(graph), donated, backend.IsForLibtorch)));
            span?.SetTag(TelemetryTags.Equations, result.Equations.Count);
            return result;
        });
        LoopRoom.Require(rewritten);
        var (compiled, _) = CompilePhase.Compile.Measure(subject, span =>
        {
            var executable = Rank.Count > 1 && rewritten.Exchanges ? backend.TryCompileStages(rewritten, donated)
                : backend.TryCompile(rewritten, donated);
            span?.SetTag(TelemetryTags.Backend, executable?.BackendName);
            return executable;
        });
        return compiled;
    }

    /// <summary>Compiles on a thread with stack enough, under the switches of the thread that asks.</summary>
    /// <param name="subject">The function, for messages.</param>
    /// <param name="compile">What is to be done.</param>
    public static void OnDeepStack(CompiledSubject subject, Action compile)
    {
        var switches = CompilerPasses.OfThisThread;
        DeepStack.Run(Stack, subject.Function, () =>
        {
            using var passes = CompilerPasses.Disable(switches);

            // What passes compute on the way; what the result captures has owners of its own.
            using var scope = TensorScope.Begin();
            compile();
        });
    }
}
