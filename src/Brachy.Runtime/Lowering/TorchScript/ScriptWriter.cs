using System.Text;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Writes a graph as one TorchScript function.</summary>
internal sealed class ScriptWriter
{
    /// <summary>The name of the function.</summary>
    public const string FunctionName = "main";

    private readonly StringBuilder _text = new();
    private readonly Dictionary<Var, string> _names = [];
    private int _indent = 1;
    private int _locals;

    private ScriptWriter()
    {
    }

    /// <summary>The function: parameters are the inputs that the graph reads and then its constants; it returns a tuple.</summary>
    /// <param name="graph">The graph, whose bodies have no constants.</param>
    /// <param name="plan">What is overwritten and returned.</param>
    /// <param name="reads">For each input whether the graph reads it.</param>
    public static string Write(Graph graph, MemoryPlan plan, bool[] reads) => new ScriptWriter().WriteFunction(graph, plan, reads);

    /// <summary>The function for sizes that vary, which are its first parameters; what follows from them stands at its beginning.</summary>
    /// <param name="template">The function for some sizes.</param>
    /// <param name="count">How many sizes vary.</param>
    public static string WithSizes(SizeTemplate template, int count)
    {
        string[] sizes = [.. Enumerable.Range(0, count).Select(i => $"s{i}")];
        var names = new Dictionary<string, string>();
        var text = template.Write(formula =>
        {
            var expression = formula.Write(sizes);
            if (formula.OnlySize is null && names.TryAdd(expression, $"n{names.Count}"))
            {
                return names[expression];
            }

            return names.GetValueOrDefault(expression, expression);
        });
        var start = text.IndexOf('(', StringComparison.Ordinal) + 1;
        var end = text.IndexOf('\n', StringComparison.Ordinal) + 1;
        var parameters = sizes.Select(size => $"{size}: int").Concat(
            text[start..(end - 3)].Split(", ", StringSplitOptions.RemoveEmptyEntries));
        var statements = names.Select(name => $"    {name.Value} = {name.Key}\n");
        return $"{text[..start]}{string.Join(", ", parameters)}):\n{string.Concat(statements)}{text[end..]}";
    }

    private string WriteFunction(Graph graph, MemoryPlan plan, bool[] reads)
    {
        foreach (var input in graph.Inputs.Where((_, i) => reads[i]))
        {
            _names.Add(input, $"x{_names.Count}");
        }

        foreach (var constant in graph.Constants)
        {
            _names.Add(constant.Var, $"c{_names.Count}");
        }

        _text.Append($"def {FunctionName}({string.Join(", ", _names.Values)}):\n");
        WriteEquations(graph, plan);
        AddStatement($"return ({string.Concat(plan.NativeResults.Select(v => _names[v] + ", "))})");
        return _text.ToString();
    }

    private void WriteEquations(Graph graph, MemoryPlan plan)
    {
        var dense = new HashSet<Var>(graph.Inputs.Where((_, i) => plan.OverwrittenInputs[i]));
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

                operands[k] = _names[(Var)equation.Inputs[k]];
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
                types, [.. equation.Outputs.Select(o => o.Type)], operands, numbers, isDense, AddStatement, NewName)
            {
                Block = AddBlock,
                Body = WriteBody,
            };
            var expression = equation.Primitive.WriteScript(equation.Settings, place, equation.Overwrites);
            var givesDense = equation.Primitive.GivesDense(equation.Settings, types);
            foreach (var output in equation.Outputs)
            {
                _names.Add(output, NewName());
                if (givesDense || (output.Type.Rank <= 1 && !equation.Primitive.IsView))
                {
                    dense.Add(output);
                }
            }

            AddStatement($"{string.Join(", ", equation.Outputs.Select(o => _names[o]))} = {expression}");
        }
    }

    private (IReadOnlyList<string> Names, IReadOnlyList<bool> Own) WriteBody(
        Graph graph, IReadOnlyList<string> inputs, IReadOnlyList<long> overwritten, int living)
    {
        for (var i = 0; i < inputs.Count; i++)
        {
            // A condition is written twice.
            _names[graph.Inputs[i]] = inputs[i];
        }

        foreach (var output in graph.Equations.SelectMany(equation => equation.Outputs))
        {
            _names.Remove(output);
        }

        WriteEquations(graph, LoopCarries.PlanOf(graph, overwritten));
        var lifetimes = new Lifetimes(graph);
        Var[] outputs = [.. graph.Outputs.Cast<Var>()];
        var roots = outputs.Take(living).CountBy(lifetimes.Root).ToDictionary();
        return (
            [.. outputs.Select(output => _names[output])],
            [.. outputs.Take(living).Select(lifetimes.Root).Select(root => lifetimes.IsFresh(root) && roots[root] == 1)]);
    }

    private string NewName() => $"v{_locals++}";

    private void AddBlock(string head, Action write)
    {
        AddStatement(head + ":");
        _indent++;
        write();
        _indent--;
    }

    private void AddStatement(string statement) => _text.Append(' ', 4 * _indent).Append(statement).Append('\n');
}
