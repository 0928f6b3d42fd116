namespace Brachy.Compilation;

/// <summary>Runs every equation with its eager kernel. Slow and simple: what the other backend is compared with.</summary>
internal sealed class InterpreterBackend() : Backend("interpreter")
{
    internal override Executable Compile(Graph graph, bool[] donated) =>
        new InterpreterExecutable(graph, MemoryPlan.Make(graph, new bool[donated.Length]), donated);
}

internal sealed class InterpreterExecutable(Graph graph, MemoryPlan plan, bool[] donated) : Executable(graph, plan, donated)
{
    // Not the graph's own, which whoever sees the graph may free.
    private readonly Tensor[] _constants = [.. graph.Constants.Select(c => c.Value.Alias())];
    private readonly IReadOnlyList<Var>[] _deadAfter = FindLastUses(graph);

    public override string BackendName => Backend.Interpreter.Name;

    public override bool IsDisposed => false;

    public override void Dispose()
    {
    }

    protected override void Compute(in RunMemory memory)
    {
        var values = new Dictionary<Atom, Tensor>();
        for (var i = 0; i < Graph.Inputs.Count; i++)
        {
            if (Reads[i])
            {
                values.Add(Graph.Inputs[i], memory.TensorOf(i));
            }
        }

        for (var i = 0; i < _constants.Length; i++)
        {
            values.Add(Graph.Constants[i].Var, _constants[i]);
        }

        for (var i = 0; i < Graph.Equations.Count; i++)
        {
            var equation = Graph.Equations[i];
            var operands = equation.Inputs.Select(Value).ToArray();
            var types = Array.ConvertAll(operands, operand => operand.Type);
            var results = equation.Primitive.Compute(equation.Settings, operands, types, [.. equation.Outputs.Select(o => o.Type)]);
            for (var k = 0; k < results.Length; k++)
            {
                values.Add(equation.Outputs[k], results[k]);
            }

            foreach (var dead in _deadAfter[i])
            {
                values.Remove(dead, out var value);
                value!.Dispose();
            }
        }

        for (var i = 0; i < Plan.Outputs.Count; i++)
        {
            if (Plan.Outputs[i].Source == OutputSource.Native)
            {
                memory.SetResult(i, values[Graph.Outputs[i]]);
            }
        }

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
