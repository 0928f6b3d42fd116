using Brachy.Compilation;
using Brachy.Extending;
using Brachy.Telemetry;

namespace Brachy.IO.Tracing;

/// <summary>Runs the passes that make a graph smaller without kernels that only Brachy has.</summary>
/// <param name="function">The function.</param>
/// <param name="graphs">The graph as it was traced for each of the points.</param>
/// <param name="foldWeights">Whether the weights are constants.</param>
/// <param name="prepare">Rewrites each graph first; null for nothing.</param>
internal sealed class ExportPasses(
    ExportedFunction function, IReadOnlyList<Graph> graphs, bool foldWeights, Func<Graph, Graph>? prepare)
{
    private const string FirstFusing = "narrow softmax";

    /// <param name="notes">For each graph the path of each equation.</param>
    public IReadOnlyList<TracedGraph> Run(IReadOnlyDictionary<Graph, string[]> notes)
    {
        IReadOnlyList<TracedGraph> result = [];
        var subject = new CompiledSubject(function.Name, "export", function.Arguments.TensorTypes());
        Compiler.OnDeepStack(subject, () => result = [.. graphs.Select(graph => RunOne(graph, notes[graph]))]);
        return result;
    }

    private TracedGraph RunOne(Graph graph, string[] paths)
    {
        var rewritten = graphs.Count > 1 ? VaryingCompiler.Mark(graph, graphs) : graph;
        rewritten = prepare?.Invoke(rewritten) ?? rewritten;
        rewritten = foldWeights ? WithConstantWeights(rewritten) : rewritten;
        var donated = new bool[rewritten.Inputs.Count];
        foreach (var pass in Passes.All.TakeWhile(pass => pass.Name != FirstFusing))
        {
            rewritten = pass.RunDeep(rewritten, donated);
        }

        rewritten = foldWeights && graphs.Count > 1 ? ConstantFolding.Run(Unmark(rewritten)) : rewritten;
        rewritten = new Pass("leftovers", DeadCode.Run).RunDeep(rewritten, donated);
        rewritten = foldWeights ? rewritten : WithConstantWeights(rewritten);
        return new(rewritten, Align(graph, paths, rewritten));
    }

    private Graph WithConstantWeights(Graph graph) => graph with
    {
        Constants = [.. function.Leaves.Index().Where(leaf => function.IsWeight[leaf.Index])
            .Select(leaf => new Constant(graph.Inputs[leaf.Index], leaf.Item)), .. graph.Constants],
        Inputs = [.. graph.Inputs.Where((_, i) => !function.IsWeight[i])],
    };

    /// <summary>What stands in for an equation is marked as that was, though it may follow from weights alone.</summary>
    private static Graph Unmark(Graph graph)
    {
        var known = new HashSet<Atom>(graph.Constants.Select(constant => constant.Var));
        var equations = new List<Equation>(graph.Equations.Count);
        foreach (var equation in graph.Equations)
        {
            var isOfWeights = equation.Settings is NoSettings or ShapeSettings && equation.Inputs.Any(known.Contains)
                && equation.Inputs.All(input => input is Literal || known.Contains(input)) && equation.Primitive != F.Expand;
            if (isOfWeights)
            {
                known.UnionWith(equation.Outputs);
            }

            equations.Add(isOfWeights ? equation with { IsOfSizes = false } : equation);
        }

        return graph with { Equations = equations };
    }

    /// <summary>The paths of the equations that are left, which stand in the order of before.</summary>
    private static string[] Align(Graph before, string[] paths, Graph after)
    {
        var result = new string[after.Equations.Count];
        var next = 0;
        for (var i = 0; i < result.Length; i++)
        {
            var place = next;
            while (place < paths.Length && !IsSame(before.Equations[place], after.Equations[i]))
            {
                place++;
            }

            result[i] = place < paths.Length ? paths[place] : "";
            next = place < paths.Length ? place + 1 : next;
        }

        return result;

        static bool IsSame(Equation left, Equation right) => left.Primitive == right.Primitive
            && (left.Bodies.Count > 0 || left.Settings.Equals(right.Settings));
    }
}
