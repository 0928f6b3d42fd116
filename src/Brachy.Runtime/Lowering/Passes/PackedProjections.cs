namespace Brachy.Compilation;

/// <summary>
/// Several linear maps of one value with known weights, such as the query, key and value of attention, become one map whose result is
/// cut into parts: the value is read once. Weights that are arguments stay apart, because joining them would cost a copy in each call, and
/// so do maps of many rows: their products take long enough, and parts of a value cannot be written over.
/// </summary>
internal static class PackedProjections
{
    private const long MostRows = 64;

    public static Graph Run(Graph graph)
    {
        var known = graph.Constants.Where(c => c.Value.device == Device.CPU).Select(c => (Atom)c.Var).ToHashSet();
        var results = graph.Outputs.ToHashSet();
        var groups = graph.Equations
            .Where(e => e.Primitive == F.Linear && e.Inputs.Skip(1).All(known.Contains) && !known.Contains(e.Inputs[0])
                && !results.Contains(e.Outputs[0]) && e.Inputs[0].Type.Shape.NumElements <= MostRows * e.Inputs[0].Type.Shape[^1])
            .GroupBy(e => (e.Inputs[0], e.Inputs.Count)).Where(g => g.Count() > 1)
            .Select(g => g.ToArray()).SelectMany(g => g.Select(e => (First: e.Outputs[0], Group: g)))
            .ToDictionary(pair => pair.First, pair => pair.Group);
        if (groups.Count == 0)
        {
            return graph;
        }

        var weights = graph.Constants.ToDictionary(c => (Atom)c.Var, c => c.Value);
        var packed = new Dictionary<Equation[], Tensor>();
        return ConstantFolding.Run(GraphReplay.Rewrite(graph, (_, equation, x) =>
        {
            if (!groups.TryGetValue(equation.Outputs[0], out var group))
            {
                return null;
            }

            if (!packed.TryGetValue(group, out var all))
            {
                Tensor Joined(int operand) => F.cat([.. group.Select(e => weights[e.Inputs[operand]])], 0);
                all = F.linear(x[0], Joined(1), x.Length > 2 ? Joined(2) : null);
                packed.Add(group, all);
            }

            var start = group.TakeWhile(e => !ReferenceEquals(e, equation)).Sum(e => e.Outputs[0].Type.Shape[^1]);
            return [F.narrow(all, -1, start, equation.Outputs[0].Type.Shape[^1])];
        }));
    }
}
