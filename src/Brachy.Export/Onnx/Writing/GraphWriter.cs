using Brachy.Compilation;

namespace Brachy.IO.Onnx;

/// <summary>Writes the equations of one graph as nodes; bodies of loops and choices have writers of their own.</summary>
/// <param name="model">What all writers of a model share.</param>
/// <param name="graph">Receives the nodes.</param>
/// <param name="outer">The writer of the graph around it, whose values it sees.</param>
internal sealed class GraphWriter(ModelWriter model, OnnxGraph graph, GraphWriter? outer)
{
    private readonly Dictionary<Atom, Value> _values = new(ReferenceEqualityComparer.Instance);

    public ModelWriter Model => model;

    public OnnxGraph Graph => graph;

    /// <summary>Says by which value a variable stands.</summary>
    public void Define(Var variable, Value value) => _values[variable] = value;

    /// <summary>The value of a variable.</summary>
    public Value Of(Atom atom) => _values.TryGetValue(atom, out var value) ? value
        : outer?.Of(atom) ?? throw new InvalidOperationException("A variable is used before it is defined.");

    /// <summary>Writes all equations; those that cannot be written are noted.</summary>
    /// <param name="source">The graph.</param>
    /// <param name="pathOf">The path of an equation by its position; null for that of the equation around.</param>
    public void WriteAll(Graph source, Func<int, string>? pathOf = null)
    {
        foreach (var constant in source.Constants)
        {
            Define(constant.Var, model.Add(constant));
        }

        foreach (var (i, equation) in source.Equations.Index())
        {
            if (pathOf is not null)
            {
                model.Enter(pathOf(i));
            }

            Write(equation);
        }
    }

    /// <summary>Adds a node.</summary>
    public void Add(OnnxNode node) => graph.Nodes.Add(node);

    /// <summary>Ends the graph: its results get the names that were wanted.</summary>
    public void WriteOutputs(IReadOnlyList<Atom> outputs, IReadOnlyList<string> names)
    {
        foreach (var (i, output) in outputs.Index())
        {
            var value = output is Literal literal
                ? model.Add("output", literal.Type.DType, Shape.Scalar, [literal.Value])
                : Of(output);
            Add(new("Identity", model.NewName($"{names[i]}/identity"), [value.Name], [names[i]], []));
            graph.Outputs.Add(new(names[i], value.DType, [.. output.Type.Shape.Select(size => (object)size)]));
        }
    }

    private void Write(Equation equation)
    {
        var nodes = graph.Nodes.Count;
        try
        {
            if (equation.Primitive.Renames)
            {
                for (var i = 0; i < equation.Outputs.Count; i++)
                {
                    Define(equation.Outputs[i], new RuleArgs(this, equation).In(i));
                }

                return;
            }

            if (!OnnxRules.All.TryGetValue(equation.Primitive, out var rule))
            {
                model.Refuse(equation, RefusedOps.ReasonOf(equation.Primitive));
                Stand(equation);
                return;
            }

            var args = new RuleArgs(this, equation);
            rule(args);
            foreach (var (i, output) in equation.Outputs.Index())
            {
                Define(output, args.ResultOf(i));
            }
        }
        catch (RuleRefusedException refused)
        {
            graph.Nodes.RemoveRange(nodes, graph.Nodes.Count - nodes);
            model.Refuse(equation, refused.Message);
            Stand(equation);
        }
    }

    /// <summary>Lets what comes be looked at, too.</summary>
    private void Stand(Equation equation)
    {
        foreach (var output in equation.Outputs)
        {
            Define(output, new("", output.Type.DType));
        }
    }
}
