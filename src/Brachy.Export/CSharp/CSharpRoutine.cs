using Brachy.Compilation;

namespace Brachy.IO.CSharp;

/// <summary>Writes the statements that build a routine: one for each operation.</summary>
/// <param name="lines">Where they go.</param>
/// <param name="names">The names of the source.</param>
/// <param name="numbers">What differs from size to size.</param>
/// <param name="owner">The variable of what is built.</param>
/// <param name="variants">The routine, for each of the sizes that it was traced for.</param>
internal sealed class CSharpRoutine(
    CSharpLines lines, CSharpNames names, CSharpNumbers numbers, string owner, IReadOnlyList<Routine> variants)
{
    private readonly Dictionary<Var, string> _variables = [];
    private readonly Dictionary<Var, (string Name, string Variable, int Index)> _waiting = [];

    private Routine Routine => variants[0];

    /// <summary>Writes an input.</summary>
    /// <param name="index">Which of the inputs.</param>
    /// <param name="variable">Its variable.</param>
    /// <param name="name">Its name; null in a body.</param>
    /// <param name="comment">What is said after it.</param>
    public void WriteInput(int index, string variable, string? name, string comment = "")
    {
        _variables.Add(Routine.Inputs[index], variable);
        WriteTensor("Input", variable, name, [.. variants.Select(routine => routine.Inputs[index].Type)], comment);
    }

    /// <summary>Says what a weight is called. It is written where it is used first.</summary>
    /// <param name="index">Which of the constants.</param>
    /// <param name="name">Its name.</param>
    public void NameWeight(int index, string name) => _waiting.Add(
        Routine.Constants[index], (name, names.Take(name, name.Length > 0 && char.IsAsciiDigit(name[0]) ? "layer" : "weight"), index));

    /// <summary>Writes the operations.</summary>
    public void WriteInstructions()
    {
        for (var i = 0; i < Routine.Instructions.Count; i++)
        {
            Write([.. variants.Select(routine => routine.Instructions[i])]);
        }
    }

    /// <summary>Writes the results.</summary>
    /// <param name="resultNames">Their names; null in a body.</param>
    public void WriteOutputs(IReadOnlyList<string>? resultNames)
    {
        for (var i = 0; i < Routine.Outputs.Count; i++)
        {
            var text = TextOf([.. variants.Select(routine => (Atom)OutputOf(routine, i))]);
            lines.AddCall($"{owner}.Output", resultNames is null ? [text] : [CSharpText.Quoted(resultNames[i]), text]);
        }
    }

    private void WriteTensor(string method, string variable, string? name, TensorType[] types, string comment = "")
    {
        string[] named = name is null ? [] : [CSharpText.Quoted(name)];
        lines.AddCall(
            $"var {variable} = {owner}.{method}",
            [.. named, CSharpNumbers.DTypeOf(types[0].DType), numbers.List([.. types.Select(type => type.Shape)])], comment);
    }

    private void Write(Instruction[] uses)
    {
        var (use, results) = (uses[0], uses[0].Outputs);
        string[] inputs = [.. Enumerable.Range(0, use.Inputs.Count).Select(i => TextOf([.. uses.Select(other => other.Inputs[i])]))];
        string[] bodies = [.. Enumerable.Range(0, use.Bodies.Count).Select(i =>
            new CSharpBody(lines, names, numbers, owner, use, i, inputs).Write([.. uses.Select(other => other.Bodies[i])]))];
        var variable = names.Take(use.Op is "switch" or "while" ? $"{use.Op}_result" : use.Op, "value");
        if (results.Count == 1)
        {
            _variables.Add(results[0], variable);
        }
        else
        {
            results.Index().ToList().ForEach(result => _variables.Add(result.Item, $"{variable}[{result.Index}]"));
        }

        var arguments = new List<string> { $"{CSharpText.Quoted(use.Op)}, [{string.Join(", ", inputs)}]" };
        if (SettingsOf(uses) is { Length: > 0 } settings)
        {
            arguments.Add($"[{string.Join(", ", settings)}]");
        }

        AddList("bodies", bodies);
        if (use.Overwrites is { } operand)
        {
            arguments.Add($"overwrites: {inputs[operand]}");
        }

        AddList("keeps", use.Bodies.Count == 0 ? [] : [.. use.Kept.Select(kept => inputs[kept]).Distinct()]);
        lines.AddCall(
            $"{(results.Count == 0 ? "" : $"var {variable} = ")}{owner}.{(results.Count == 1 ? "Apply" : "ApplyAll")}", arguments,
            string.Join(", ", results.Index().Select(result =>
                numbers.Comment([.. uses.Select(other => other.Outputs[result.Index].Type)]))));

        void AddList(string parameter, string[] items)
        {
            if (items.Length > 0)
            {
                arguments.Add($"{parameter}: [{string.Join(", ", items)}]");
            }
        }
    }

    private string[] SettingsOf(Instruction[] uses) =>
    [
        .. uses[0].Settings.Entries.Index().Where(entry => entry.Item.Value is not (null or Device)).Select(entry =>
            $"({CSharpText.Quoted(entry.Item.Name)}, "
            + $"{numbers.Value([.. uses.Select(use => use.Settings.Entries[entry.Index].Value!)])})"),
    ];

    /// <summary>An operand: a number, or a variable, which is written now if it is a weight that has not been used.</summary>
    private string TextOf(Atom[] uses)
    {
        if (uses[0] is Literal)
        {
            return numbers.Value([.. uses.Select(use => (object)((Literal)use).Value)]);
        }

        var value = (Var)uses[0];
        if (_waiting.Remove(value, out var weight))
        {
            _variables.Add(value, weight.Variable);
            WriteTensor("Weight", weight.Variable, weight.Name, [.. variants.Select(routine => routine.Constants[weight.Index].Type)]);
        }

        return _variables[value];
    }

    private static Var OutputOf(Routine routine, int index)
    {
        var (source, place) = (routine.Outputs[index].Source, routine.Outputs[index].Index);
        return source switch
        {
            OutputSource.Native => routine.NewResults[place],
            OutputSource.Input => routine.Inputs[place],
            OutputSource.Constant => routine.Constants[place],
            OutputSource.Duplicate => OutputOf(routine, place),
            OutputSource.OverwrittenInput => WrittenOver(routine, routine.Inputs[place]),
            _ => throw new InvalidOperationException($"A result is of kind {source}."),
        };
    }

    /// <summary>The value that takes the memory of an input.</summary>
    private static Var WrittenOver(Routine routine, Var input)
    {
        foreach (var instruction in routine.Instructions)
        {
            if (instruction.Overwrites is { } operand && ReferenceEquals(instruction.Inputs[operand], input))
            {
                return instruction.Outputs[0];
            }

            if (instruction.Settings is LoopForm loop)
            {
                foreach (var carry in loop.Overwritten)
                {
                    var place = loop.FirstCarry + (int)carry;
                    if (!instruction.Kept.Contains(place) && ReferenceEquals(instruction.Inputs[place], input))
                    {
                        return instruction.Outputs[(int)carry];
                    }
                }
            }
        }

        throw new InvalidOperationException("A result takes the memory of an input that nothing writes over.");
    }
}
