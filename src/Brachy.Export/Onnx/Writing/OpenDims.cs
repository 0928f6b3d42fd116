using Brachy.Compilation;
using Brachy.IO.Tracing;

namespace Brachy.IO.Onnx;

/// <summary>Which dims of which variables differ between the graphs for several sizes: when a file runs, any may be 0 or 1.</summary>
internal sealed class OpenDims
{
    private readonly Dictionary<Var, bool[]> _dims = new(ReferenceEqualityComparer.Instance);

    /// <param name="graphs">The graph for each choice of sizes.</param>
    public OpenDims(IReadOnlyList<TracedGraph> graphs)
    {
        if (graphs.Count > 1)
        {
            Add([.. graphs.Select(traced => traced.Graph)]);
        }
    }

    /// <summary>Whether a dim of an operand may have any size.</summary>
    public bool Contains(Atom atom, int dim) => atom is Var variable && _dims.TryGetValue(variable, out var dims) && dims[dim];

    private void Add(Graph[] graphs)
    {
        Add([.. graphs.Select(graph => graph.Inputs)]);
        var count = graphs.Min(graph => graph.Equations.Count);
        for (var i = 0; i < count; i++)
        {
            Equation[] equations = [.. graphs.Select(graph => graph.Equations[i])];
            Add([.. equations.Select(equation => equation.Outputs)]);
            for (var body = 0; body < equations.Min(equation => equation.Bodies.Count); body++)
            {
                Add([.. equations.Select(equation => equation.Bodies[body])]);
            }
        }
    }

    private void Add(IReadOnlyList<Var>[] variables)
    {
        for (var i = 0; i < variables.Min(list => list.Count); i++)
        {
            Shape[] shapes = [.. variables.Select(list => list[i].Type.Shape)];
            bool[] differs = [.. Enumerable.Range(0, shapes.Min(shape => shape.Rank))
                .Select(dim => Array.Exists(shapes, shape => shape[dim] != shapes[0][dim]))];
            if (differs.Contains(true) && Array.TrueForAll(shapes, shape => shape.Rank == differs.Length))
            {
                foreach (var list in variables)
                {
                    _dims[list[i]] = differs;
                }
            }
        }
    }
}
