using Brachy.Extending;
using Brachy.Telemetry;

namespace Brachy.Compilation;

/// <summary>
/// Compiles a function whose sizes vary: the passes rewrite its graph for each of some sizes, and what they make is one program with
/// formulas for its numbers. A pass that decides in different ways for these sizes is left out.
/// </summary>
internal static class VaryingCompiler
{
    /// <param name="graphs">The graph as it was traced for each of the points.</param>
    /// <param name="points">The sizes.</param>
    /// <param name="solver">Finds formulas.</param>
    /// <param name="donated">For each input whether the caller gives it away.</param>
    /// <param name="subject">The function, for messages and spans.</param>
    /// <exception cref="SizesDifferException">What the backend makes depends on sizes in another way than by formulas.</exception>
    public static VaryingProgram Compile(
        IReadOnlyList<Graph> graphs, SizePoints points, SizeSolver solver, bool[] donated, CompiledSubject subject)
    {
        VaryingProgram? compiled = null;
        Compiler.OnDeepStack(subject, () =>
        {
            var (rewritten, _) = CompilePhase.Passes.Measure(subject, span =>
            {
                var result = Rewrite([.. graphs.Select(graph => Mark(graph, graphs))], solver, donated);
                span?.SetTag(TelemetryTags.Equations, result[0].Equations.Count);
                return result;
            });
            LoopRoom.Require(rewritten[0]);
            (compiled, _) = CompilePhase.Compile.Measure(subject, span =>
            {
                var program = new VaryingScript(rewritten, points, solver, donated);
                span?.SetTag(TelemetryTags.Backend, program.Example.BackendName);
                return program;
            });
        });
        return compiled!;
    }

    /// <summary>Notes in a graph, and in the bodies in it, which equations compute something else for other sizes.</summary>
    /// <param name="graph">The graph for one of the sizes.</param>
    /// <param name="all">The graphs for all of them, which differ in numbers alone.</param>
    public static Graph Mark(Graph graph, IReadOnlyList<Graph> all)
    {
        return graph with
        {
            Equations = [.. graph.Equations.Select((equation, i) => MarkOne(equation, [.. all.Select(g => g.Equations[i])]))],
        };

        static Equation MarkOne(Equation equation, Equation[] all)
        {
            var marked = equation with { IsOfSizes = all.Any(other => !IsSame(equation, other)) };
            return marked.Settings is BodySettings settings
                ? marked with
                {
                    Settings = settings.WithBodies([.. settings.Bodies.Select((body, b) => Mark(body, [.. all.Select(e => e.Bodies[b])]))]),
                }
                : marked;
        }

        static bool IsSame(Equation left, Equation right) => left.Settings.ToString() == right.Settings.ToString()
            && left.Outputs.Zip(right.Outputs).All(pair => pair.First.Type.Equals(pair.Second.Type))
            && left.Inputs.Zip(right.Inputs).All(
                pair => pair.First is not Literal a || pair.Second is not Literal b || a.Value.Equals(b.Value));
    }

    private static Graph[] Rewrite(IReadOnlyList<Graph> graphs, SizeSolver solver, bool[] donated)
    {
        var left = new List<string>();
        while (true)
        {
            using var without = CompilerPasses.Disable(left);
            Graph[] rewritten = [.. graphs.Select(graph => LoopCarries.Choose(BodyConstants.Lift(Passes.RunAll(graph, donated))))];
            if (AreOneProgram(rewritten, solver, out var difference))
            {
                return rewritten;
            }

            left.Add(FindDividing(graphs, solver, donated) ?? throw new SizesDifferException(difference!));
        }
    }

    /// <summary>The first pass after which the graphs are no longer one program.</summary>
    private static string? FindDividing(IReadOnlyList<Graph> graphs, SizeSolver solver, bool[] donated)
    {
        foreach (var pass in Passes.All.Where(pass => !CompilerPasses.IsDisabled(pass.Name)))
        {
            graphs = [.. graphs.Select(graph => pass.RunDeep(graph, donated))];
            if (!AreOneProgram(graphs, solver, out _))
            {
                return pass.Name;
            }
        }

        return null;
    }

    private static bool AreOneProgram(IReadOnlyList<Graph> graphs, SizeSolver solver, out SizeDifference? difference)
    {
        if (SizeTemplate.Solve([.. graphs.Select(GraphPrinter.Print)], solver, out difference) is null)
        {
            return false;
        }

        // A pass may have computed one.
        var types = graphs.Select(graph => graph.Constants.Select(c => c.Var.Type).ToArray()).ToArray();
        difference = new([.. types.Select(own => $"constants {string.Join<TensorType>(", ", own)}")]);
        return Array.TrueForAll(types, own => own.SequenceEqual(types[0]));
    }
}
