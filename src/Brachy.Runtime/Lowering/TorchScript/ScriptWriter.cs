using System.Text;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Writes a graph as one TorchScript function.</summary>
internal static class ScriptWriter
{
    /// <summary>The name of the function.</summary>
    public const string FunctionName = "main";

    /// <summary>The function: parameters are the inputs that the graph reads and then its constants; it returns a tuple.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="plan">What is overwritten and returned.</param>
    /// <param name="reads">For each input whether the graph reads it.</param>
    public static string Write(Graph graph, MemoryPlan plan, bool[] reads)
    {
        var names = new Dictionary<Var, string>();
        foreach (var input in graph.Inputs.Where((_, i) => reads[i]))
        {
            names.Add(input, $"x{names.Count}");
        }

        foreach (var constant in graph.Constants)
        {
            names.Add(constant.Var, $"c{names.Count}");
        }

        var dense = new HashSet<Var>(graph.Inputs.Where((_, i) => plan.OverwrittenInputs[i]));
        var text = new StringBuilder($"def {FunctionName}({string.Join(", ", names.Values)}):\n");
        var locals = 0;
        string NewName() => $"v{locals++}";
        void AddStatement(string statement) => text.Append("    ").Append(statement).Append('\n');

        for (var i = 0; i < graph.Equations.Count; i++)
        {
            var equation = graph.Equations[i];
            var operands = new string[equation.Inputs.Count];
            var numbers = new Scalar?[operands.Length];
            var isDense = new bool[operands.Length];
            for (var k = 0; k < operands.Length; k++)
            {
                if (equation.Inputs[k] is Literal literal)
                {
                    numbers[k] = literal.Value;
                    operands[k] = "";
                    continue;
                }

                operands[k] = names[(Var)equation.Inputs[k]];
                isDense[k] = dense.Contains((Var)equation.Inputs[k]);
                if (plan.NeedsCopy(i, k))
                {
                    var copy = NewName();
                    AddStatement($"{copy} = torch.clone({operands[k]}, memory_format=0)");
                    operands[k] = copy;
                    isDense[k] = true;
                }
            }

            TensorType[] types = [.. equation.Inputs.Select(a => a.Type)];
            var place = new ScriptPlace(
                types, [.. equation.Outputs.Select(o => o.Type)], operands, numbers, isDense, AddStatement, NewName);
            var expression = equation.Primitive.WriteScript(equation.Settings, place, equation.Overwrites);
            var givesDense = equation.Primitive.GivesDense(equation.Settings, types);
            foreach (var output in equation.Outputs)
            {
                names.Add(output, NewName());
                if (givesDense || (output.Type.Rank <= 1 && !equation.Primitive.IsView))
                {
                    dense.Add(output);
                }
            }

            AddStatement($"{string.Join(", ", equation.Outputs.Select(o => names[o]))} = {expression}");
        }

        AddStatement($"return ({string.Concat(plan.NativeResults.Select(v => names[v] + ", "))})");
        return text.ToString();
    }
}
