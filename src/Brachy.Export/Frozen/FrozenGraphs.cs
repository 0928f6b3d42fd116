using Brachy.Compilation;
using Brachy.Extending;
using Brachy.IO.Tracing;
using Brachy.Telemetry;

namespace Brachy.IO.Frozen;

/// <summary>Makes graphs ready for the kernels of Brachy.Inference.</summary>
internal static class FrozenGraphs
{
    private static readonly string[] s_passes = ["algebraic cleanup", "in place", "mutations last"];

    /// <summary>Rewrites each of some graphs.</summary>
    /// <param name="name">The function, for messages.</param>
    /// <param name="graphs">The graphs, which differ in numbers alone.</param>
    /// <param name="quantizer">Makes layers with weights of 8 bits; null for none.</param>
    public static Graph[] Prepare(string name, IEnumerable<Graph> graphs, LinearQuantizer? quantizer)
    {
        Graph[] result = [];
        Compiler.OnDeepStack(
            new CompiledSubject(name, "export", []), () => result = [.. graphs.Select(graph => Prepare(graph, quantizer))]);
        return result;
    }

    private static Graph Prepare(Graph graph, LinearQuantizer? quantizer)
    {
        var donated = new bool[graph.Inputs.Count];
        graph = GraphReplay.Rewrite(LayersInSteps.Run(WithoutNumbers(graph)), (_, equation, operands) =>
            equation.Primitive == F.SafeSoftmax ? PortableOps.Softmax(operands) : null);
        graph = quantizer?.Run(graph) ?? graph;
        graph = new Pass("repeats of rewrites", CommonSubexpressions.Run).RunDeep(graph, donated);
        graph = new Pass("leftovers", DeadCode.Run).RunDeep(graph, donated);
        foreach (var pass in Passes.All.Where(pass => s_passes.Contains(pass.Name)))
        {
            graph = pass.RunDeep(graph, donated);
        }

        graph = LoopCarries.Choose(BodyConstants.Lift(graph));

        // In the order in which they are used, so that a source can have each before its first use.
        var used = graph.Equations.SelectMany(equation => equation.Inputs).Concat(graph.Outputs).OfType<Var>().Distinct().Index()
            .ToDictionary(use => use.Item, use => use.Index);
        return graph with
        {
            Constants = [.. graph.Constants.Where(constant => used.ContainsKey(constant.Var)).OrderBy(constant => used[constant.Var])],
        };
    }

    /// <summary>Results that are plain numbers become constants: a session has memory for each result.</summary>
    private static Graph WithoutNumbers(Graph graph)
    {
        var constants = new List<Constant>();
        Atom[] outputs = [.. graph.Outputs.Select(output =>
        {
            if (output is not Literal number)
            {
                return output;
            }

            var tensor = F.full([], number.Value, number.Type.DType);
            constants.Add(new(new Var(tensor.Type), tensor));
            return constants[^1].Var;
        })];
        return graph with { Constants = [.. graph.Constants, .. constants], Outputs = outputs };
    }
}
