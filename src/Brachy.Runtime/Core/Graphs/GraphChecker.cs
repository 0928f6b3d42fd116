namespace Brachy.Compilation;

/// <summary>Checks that a graph is well formed.</summary>
public static class GraphChecker
{
    /// <summary>
    /// Throws unless every variable is defined once and before its use, and the recorded type of every result is what the
    /// primitive's abstract rule gives; in bodies too.
    /// </summary>
    /// <exception cref="InvalidOperationException">The graph is malformed; the message names the equation.</exception>
    public static void Check(Graph graph)
    {
        var defined = new HashSet<Var>();
        void Define(Var v, string where)
        {
            if (!defined.Add(v))
            {
                throw new InvalidOperationException($"{where} defines a variable that is already defined.");
            }
        }

        void Use(Atom atom, string where)
        {
            if (atom is Var v && !defined.Contains(v))
            {
                throw new InvalidOperationException($"{where} uses a variable that is not defined yet.");
            }
        }

        for (var i = 0; i < graph.Inputs.Count; i++)
        {
            Define(graph.Inputs[i], $"Input {i}");
        }

        foreach (var constant in graph.Constants)
        {
            Define(constant.Var, "A constant");
            if (!constant.Var.Type.Equals(constant.Value.Type))
            {
                throw new InvalidOperationException($"A constant of type {constant.Value.Type} is declared as {constant.Var.Type}.");
            }
        }

        for (var i = 0; i < graph.Equations.Count; i++)
        {
            var equation = graph.Equations[i];
            var where = $"Equation {i} ({equation.Primitive.Name})";
            foreach (var input in equation.Inputs)
            {
                Use(input, where);
            }

            foreach (var body in equation.Bodies)
            {
                Check(body);
            }

            CheckTypes(equation, where);
            foreach (var output in equation.Outputs)
            {
                Define(output, where);
            }
        }

        for (var i = 0; i < graph.Outputs.Count; i++)
        {
            Use(graph.Outputs[i], $"Output {i}");
        }
    }

    private static void CheckTypes(Equation equation, string where)
    {
        var types = equation.Inputs.Select(a => a.Type).ToArray();
        var expected = equation.Primitive.TypesOf(equation.Settings, types).Items;
        if (!expected.SequenceEqual(equation.Outputs.Select(v => v.Type)))
        {
            throw new InvalidOperationException(
                $"{where} has results {string.Join(", ", equation.Outputs.Select(v => v.Type))}, but its abstract rule gives "
                + $"{string.Join(", ", expected.AsEnumerable())}.");
        }
    }
}
