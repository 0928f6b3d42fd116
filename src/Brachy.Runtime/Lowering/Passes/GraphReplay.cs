using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Rewrites a graph by tracing it again: rules say in Brachy ops what stands in for an equation. What is replaced is left for
/// the dead-code pass.
/// </summary>
internal sealed class GraphReplay
{
    private readonly Dictionary<Atom, Tensor> _values = [];
    private readonly Dictionary<Tensor, RecordedOp> _definitions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Tensor, int> _uses = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Atom> _results;
    private readonly HashSet<Tensor> _taken = new(ReferenceEqualityComparer.Instance);

    private GraphReplay(Graph graph) => _results = [.. graph.Outputs];

    /// <summary>
    /// From an equation and its operands to the tensors that stand for its results from now on, or null to keep the equation.
    /// </summary>
    public delegate IReadOnlyList<Tensor>? Rule(GraphReplay replay, Equation equation, Tensor[] operands);

    /// <returns>The new graph, or the same one when no rule applied.</returns>
    public static Graph Rewrite(Graph graph, Rule rule) => new GraphReplay(graph).Run(graph, rule);

    /// <summary>The op that makes a value, if one does.</summary>
    public RecordedOp? DefinitionOf(Tensor value) => _definitions.GetValueOrDefault(value);

    /// <summary>The op that makes a value, if one of this primitive does.</summary>
    public RecordedOp? DefinitionOf(Tensor value, Primitive primitive) =>
        _definitions.TryGetValue(value, out var op) && op.Primitive == primitive ? op : null;

    /// <summary>Whether one operand and no result of the old graph is this value.</summary>
    public bool IsUsedOnce(Tensor value) => _uses.GetValueOrDefault(value) == 1;

    /// <summary>Whether a value is known while compiling.</summary>
    public static bool IsKnown(Tensor value) => value.Number is not null || !value.IsTraced;

    private Graph Run(Graph graph, Rule rule)
    {
        using var trace = Trace.BeginGraph("a compiler pass");
        var inputs = graph.Inputs.Select((input, i) => trace.Argument(input.Type, $"input {i}")).ToArray();
        var counts = CountUses(graph);
        for (var i = 0; i < inputs.Length; i++)
        {
            Define(graph.Inputs[i], inputs[i]);
            _taken.Add(inputs[i]);
        }

        foreach (var constant in graph.Constants)
        {
            Define(constant.Var, constant.Value);
            _taken.Add(constant.Value);
        }

        var changed = false;
        var recorded = 0;
        foreach (var equation in graph.Equations)
        {
            var operands = equation.Inputs.Select(Value).ToArray();
            var results = rule(this, equation, operands);
            if (results is not null && MayStandIn(equation, results))
            {
                changed = true;
            }
            else
            {
                results = equation.Primitive.BindUntyped(equation.Settings, operands);
            }

            for (; recorded < trace.Ops.Count; recorded++)
            {
                trace.Ops[recorded].IsOfSizes = equation.IsOfSizes;
                Array.ForEach(trace.Ops[recorded].Outputs, output => _definitions.Add(output, trace.Ops[recorded]));
            }

            for (var i = 0; i < results.Count; i++)
            {
                Define(equation.Outputs[i], results[i]);
                if (_results.Contains(equation.Outputs[i]))
                {
                    _taken.Add(results[i]);
                }
            }
        }

        return changed ? Graph.FromTrace(trace, inputs, [.. graph.Outputs.Select(Value)]) : graph;

        void Define(Atom atom, Tensor value)
        {
            _values.Add(atom, value);
            _uses[value] = _uses.GetValueOrDefault(value) + counts.GetValueOrDefault(atom);
        }
    }

    private Tensor Value(Atom atom) => atom is Literal literal ? Tensor.OfNumber(literal.Value) : _values[atom];

    /// <summary>Results of the graph stay tensors of their own: a caller may give one away and keep the others.</summary>
    private bool MayStandIn(Equation equation, IReadOnlyList<Tensor> results)
    {
        for (var i = 0; i < results.Count; i++)
        {
            if (_results.Contains(equation.Outputs[i]) && _taken.Contains(results[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static Dictionary<Atom, int> CountUses(Graph graph)
    {
        var counts = new Dictionary<Atom, int>();
        foreach (var atom in graph.Equations.SelectMany(e => e.Inputs).Concat(graph.Outputs).Concat(graph.Outputs))
        {
            counts[atom] = counts.GetValueOrDefault(atom) + 1;
        }

        return counts;
    }
}
