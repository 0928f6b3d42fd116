using Brachy.Compilation;

namespace Brachy.Inference;

/// <summary>
/// Routines as fields. Variables have numbers in the order in which they are defined. Types of results are not written: they follow from
/// <see cref="TypeRules"/>.
/// </summary>
internal static class RoutineFormat
{
    private const int MostNesting = 32;

    /// <summary>Writes a routine.</summary>
    /// <returns>The first instruction that no file can have; null when all are written.</returns>
    public static Instruction? Write(FieldList to, Routine routine)
    {
        var numbers = new Dictionary<Var, int>();
        WriteTypes(routine.Inputs);
        WriteTypes(routine.Constants);
        to.Whole(routine.Instructions.Count);
        foreach (var instruction in routine.Instructions)
        {
            to.Text(instruction.Op);
            if (!TypeRules.All.ContainsKey(instruction.Op) || !SettingsFormat.Write(to, instruction.Settings))
            {
                return instruction;
            }

            to.Whole(instruction.Inputs.Count);
            foreach (var input in instruction.Inputs)
            {
                WriteAtom(input);
            }

            to.Whole(instruction.Bodies.Count);
            foreach (var body in instruction.Bodies)
            {
                if (Write(to, body) is { } refused)
                {
                    return refused;
                }
            }

            to.Whole(instruction.Overwrites + 1 ?? 0);

            // Only loops ask what they must keep.
            to.List([.. instruction.Kept.Where(_ => instruction.Bodies.Count > 0).Select(operand => (long)operand)]);
            foreach (var output in instruction.Outputs)
            {
                numbers.Add(output, numbers.Count);
            }
        }

        to.Whole(routine.NewResults.Count);
        foreach (var result in routine.NewResults)
        {
            to.Whole(numbers[result]);
        }

        to.Whole(routine.Outputs.Count);
        foreach (var output in routine.Outputs)
        {
            to.Whole((long)output.Source);
            to.Whole(output.Index);
        }

        return null;

        void WriteTypes(IReadOnlyList<Var> variables)
        {
            to.Whole(variables.Count);
            foreach (var variable in variables)
            {
                numbers.Add(variable, numbers.Count);
                to.Type(variable.Type);
            }
        }

        void WriteAtom(Atom atom)
        {
            to.Flag(atom is Literal);
            if (atom is Literal literal)
            {
                to.Number(literal.Value);
            }
            else
            {
                to.Whole(numbers[(Var)atom]);
            }
        }
    }

    /// <summary>Reads a routine.</summary>
    /// <param name="from">The fields.</param>
    /// <param name="depth">In how many bodies it is.</param>
    /// <exception cref="FrozenModelException">It is none that could be run.</exception>
    public static Routine Read(FieldReader from, int depth = 0)
    {
        if (depth > MostNesting)
        {
            throw from.Refusal("loops are nested too deeply");
        }

        var variables = new List<Var>();
        var inputs = ReadTypes();
        var constants = ReadTypes();
        if (depth > 0 && constants.Length > 0)
        {
            throw from.Refusal("a body has constants");
        }

        var instructions = new Instruction[from.Count()];
        for (var i = 0; i < instructions.Length; i++)
        {
            instructions[i] = ReadInstruction(from, variables, depth == 0 ? inputs.Length + constants.Length : 0, depth);
            variables.AddRange(instructions[i].Outputs);
        }

        var results = new Var[from.Count()];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = variables[from.Whole(inputs.Length + constants.Length, variables.Count - 1)];
        }

        var outputs = new OutputPlan[from.Count()];
        var types = new TensorType[outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            var source = (OutputSource)from.Whole(0, (int)OutputSource.Duplicate);
            var count = source switch
            {
                OutputSource.Native => results.Length,
                OutputSource.Input => inputs.Length,
                OutputSource.OverwrittenInput when depth > 0 => inputs.Length,
                OutputSource.Constant when depth == 0 => constants.Length,
                OutputSource.Duplicate => i,
                _ => throw from.Refusal($"a result is of kind {source}"),
            };
            var index = from.Whole(0, count - 1);
            outputs[i] = new(source, index, IsShared: false);
            types[i] = source switch
            {
                OutputSource.Native => results[index].Type,
                OutputSource.Constant => constants[index].Type,
                OutputSource.Duplicate => types[index],
                _ => inputs[index].Type,
            };
        }

        // Each new result is a result once: bodies write where they are told.
        var native = outputs.Where(output => output.Source == OutputSource.Native).Select(output => output.Index).Order();
        return native.SequenceEqual(Enumerable.Range(0, results.Length)) && results.Distinct().Count() == results.Length
            ? new(inputs, constants, instructions, results, outputs, types) : throw from.Refusal("its results are not in order");

        Var[] ReadTypes()
        {
            var read = new Var[from.Count()];
            for (var i = 0; i < read.Length; i++)
            {
                variables.Add(read[i] = new(from.Type()));
            }

            return read;
        }
    }

    private static Instruction ReadInstruction(FieldReader from, List<Var> variables, int written, int depth)
    {
        var op = from.Text();
        if (!TypeRules.All.TryGetValue(op, out var rule))
        {
            throw from.Refusal($"it has an operation '{(op.Length > 40 ? op[..40] : op)}', which this version does not know");
        }

        var settings = SettingsFormat.Read(from);
        var inputs = new Atom[from.Count()];
        var places = new int[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (from.Flag())
            {
                inputs[i] = new Literal(from.Number());
                continue;
            }

            places[i] = from.Whole(0, variables.Count - 1);
            inputs[i] = variables[places[i]];
        }

        var bodies = new Routine[from.Count()];
        for (var i = 0; i < bodies.Length; i++)
        {
            bodies[i] = Read(from, depth + 1);
        }

        int? overwrites = from.Whole(0, inputs.Length) is > 0 and var position ? position - 1 : null;
        int[] kept = [.. from.List().Select(operand => (int)operand)];
        TensorType[] types;
        try
        {
            types = rule(new(op, settings, [.. inputs.Select(input => input.Type)], bodies));
        }
        catch (ArgumentException error)
        {
            throw new FrozenModelException($"The frozen model is damaged: {error.Message}", error);
        }

        if (overwrites is { } target && (inputs[target] is not Var value || types.Length != 1 || !value.Type.Equals(types[0])
            || places[target] < written))
        {
            throw from.Refusal($"'{op}' writes where it must not");
        }

        return new(op, settings, inputs, [.. types.Select(type => new Var(type))])
        {
            Overwrites = overwrites,
            Kept = kept,
            Bodies = bodies,
        };
    }
}
