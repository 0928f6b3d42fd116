using System.Text;

namespace Brachy.Compilation;

/// <summary>Prints a graph the way JAX prints a jaxpr: one line an equation, names by order of definition.</summary>
public static class GraphPrinter
{
    /// <summary>
    /// The text form of a graph. Stable: it depends on the graph's structure alone. An operand that is written over
    /// has an exclamation mark. The graphs that an equation runs stand below it.
    /// </summary>
    public static string Print(Graph graph)
    {
        var text = new StringBuilder();
        var names = new Dictionary<Var, string>();
        var defined = 0;
        PrintOne(graph, "graph", "");
        return text.ToString();

        string Define(Var v)
        {
            // Anew for each equation that runs the same body.
            names[v] = $"%{defined++}";
            return $"{names[v]}:{v.Type}";
        }

        string Use(Atom atom) => atom switch
        {
            Literal literal => literal.Value.ToString(),
            Var v => names.GetValueOrDefault(v, "%undefined"),
            _ => throw new ArgumentException("Unknown kind of atom."),
        };

        void PrintOne(Graph graph, string title, string indent)
        {
            text.Append(indent).Append(title).Append('(').AppendJoin(", ", graph.Inputs.Select(Define)).Append(')');
            if (graph.Constants.Count > 0)
            {
                text.Append(" constants(").AppendJoin(", ", graph.Constants.Select(c => Define(c.Var))).Append(')');
            }

            text.Append(" {\n");
            foreach (var equation in graph.Equations)
            {
                var operands = string.Join(
                    ", ", equation.Inputs.Select((atom, i) => i == equation.Overwrites ? $"{Use(atom)}!" : Use(atom)));
                var settings = equation.Settings.ToString();
                text.Append(indent).Append("  ").AppendJoin(", ", equation.Outputs.Select(Define))
                    .Append(" = ").Append(equation.Primitive.Name)
                    .Append(settings.Length > 0 ? $"[{settings}]" : "")
                    .Append('(').Append(operands).Append(")\n");
                foreach (var body in equation.Bodies)
                {
                    PrintOne(body, "body", indent + "    ");
                }
            }

            text.Append(indent).Append("  return ").AppendJoin(", ", graph.Outputs.Select(Use)).Append('\n').Append(indent).Append("}\n");
        }
    }
}
