namespace Brachy.Compilation;

/// <summary>Runs a graph with eager kernels, one equation after the other, and frees each value after its last use.</summary>
internal sealed class GraphRun
{
    private readonly Graph _graph;

    // Not the graph's own, which whoever sees the graph may free.
    private readonly Tensor[] _constants;
    private readonly IReadOnlyList<Var>[] _deadAfter;

    public GraphRun(Graph graph)
    {
        _graph = graph;
        _constants = [.. graph.Constants.Select(c => c.Value.Alias())];
        _deadAfter = FindLastUses(graph);
    }

    /// <summary>Computes the results, each a tensor of its own.</summary>
    /// <param name="inputs">One concrete tensor for each input; null for one that no equation reads, which gives null as a result.</param>
    public Tensor?[] Run(IReadOnlyList<Tensor?> inputs)
    {
        var values = new Dictionary<Atom, Tensor>();
        for (var i = 0; i < inputs.Count; i++)
        {
            if (inputs[i] is { } input)
            {
                values.Add(_graph.Inputs[i], input);
            }
        }

        for (var i = 0; i < _constants.Length; i++)
        {
            values.Add(_graph.Constants[i].Var, _constants[i]);
        }

        var made = new HashSet<Atom>();
        for (var i = 0; i < _graph.Equations.Count; i++)
        {
            var equation = _graph.Equations[i];
            var operands = equation.Inputs.Select(Value).ToArray();
            var types = Array.ConvertAll(operands, operand => operand.Type);
            var results = equation.Primitive.Compute(equation.Settings, operands, types, [.. equation.Outputs.Select(o => o.Type)]);
            for (var k = 0; k < results.Length; k++)
            {
                values.Add(equation.Outputs[k], results[k]);
                made.Add(equation.Outputs[k]);
            }

            foreach (var dead in _deadAfter[i])
            {
                values.Remove(dead, out var value);
                value!.Dispose();
            }
        }

        return [.. _graph.Outputs.Select(
            atom => atom is Var && !values.ContainsKey(atom) ? null
                : made.Remove(atom) || atom is Literal ? Value(atom)
                : Value(atom).Alias())];

        Tensor Value(Atom atom) => atom is Literal literal ? Tensor.OfNumber(literal.Value) : values[atom];
    }

    private static IReadOnlyList<Var>[] FindLastUses(Graph graph)
    {
        var lastUse = new Dictionary<Var, int>();
        for (var i = 0; i < graph.Equations.Count; i++)
        {
            foreach (var output in graph.Equations[i].Outputs)
            {
                lastUse[output] = i;
            }

            foreach (var input in graph.Equations[i].Inputs.OfType<Var>().Where(lastUse.ContainsKey))
            {
                lastUse[input] = i;
            }
        }

        foreach (var output in graph.Outputs.OfType<Var>())
        {
            lastUse.Remove(output);
        }

        var dead = new List<Var>[graph.Equations.Count];
        for (var i = 0; i < dead.Length; i++)
        {
            dead[i] = [];
        }

        foreach (var (v, i) in lastUse)
        {
            dead[i].Add(v);
        }

        return dead;
    }
}
