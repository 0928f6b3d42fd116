using Brachy.Compilation;
using Brachy.Inference;
using Brachy.IO.Tracing;

namespace Brachy.IO.Frozen;

/// <summary>Writes a traced function as a frozen model.</summary>
internal sealed class FrozenWriter
{
    private readonly TracedProgram _program;
    private readonly Graph[] _graphs;
    private readonly FieldWriter _fields = new();

    /// <param name="program">The function.</param>
    /// <param name="names">Names of the inputs; null for those of the program.</param>
    /// <exception cref="NotSupportedException">Some operations have no kernel without libtorch; the message lists them.</exception>
    /// <exception cref="ArgumentException">The names are not one for each input.</exception>
    /// <exception cref="VaryingSizeException">The program depends on sizes in another way than by formulas.</exception>
    public FrozenWriter(TracedProgram program, IReadOnlyList<string>? names)
    {
        _program = program;
        names ??= [.. program.Inputs.Select(input => input.Name)];
        if (names.Count != program.Inputs.Count || names.Distinct().Count() != names.Count)
        {
            throw new ArgumentException(
                $"{program.Name} has {program.Inputs.Count} inputs, but the names are {string.Join(", ", names)}: give one for each, all "
                + "different.", nameof(names));
        }

        _graphs = FrozenGraphs.Prepare(program.Name, program.Graphs.Select(traced => traced.Graph));
        Routine[] routines = [.. _graphs.Select(graph => Routines.Of(graph, MemoryPlan.Make(graph, new bool[graph.Inputs.Count])))];
        FrozenKernels.Require(program.Name, routines[0]);
        var fields = routines.Select(routine =>
        {
            var list = new FieldList();
            _ = RoutineFormat.Write(list, routine);
            return list.Values;
        }).ToArray();
        Write(names, Formulas(fields, out var formulaOf), fields[0], formulaOf);
    }

    /// <summary>Writes the file.</summary>
    public void Write(Stream stream)
    {
        var constants = _graphs[0].Constants;
        FrozenFile.Write(
            stream, _fields.Written, (to, index) => Write(to, constants[index].Value),
            [.. constants.Select(constant => constant.Var.Type.ByteSize)]);
    }

    private static unsafe void Write(Stream to, Tensor tensor)
    {
        const int Piece = 1 << 20;
        var dense = F.contiguous(tensor);
        using var use = dense.Use();
        var start = (byte*)use.Buffer.DenseMemory(dense.numel());
        for (var done = 0L; done < dense.Type.ByteSize; done += Piece)
        {
            to.Write(new ReadOnlySpan<byte>(start + done, (int)Math.Min(Piece, dense.Type.ByteSize - done)));
        }
    }

    private void Write(
        IReadOnlyList<string> names, IReadOnlyList<SizeExpression> formulas, List<object> routine, IReadOnlyDictionary<int, int> formulaOf)
    {
        var head = new FieldList();
        WriteNames(_program.Points.Names);
        head.List(_program.Points.Points[0]);
        WriteNames(names);
        foreach (var input in _program.Inputs)
        {
            WriteNames([.. input.Dims.Select(dim => dim ?? "")]);
        }

        WriteNames(_program.OutputPaths);
        head.Whole(formulas.Count);
        foreach (var formula in formulas)
        {
            head.Formula(formula);
        }

        head.Whole(_program.Unserved.Count);
        foreach (var unserved in _program.Unserved)
        {
            head.Whole(unserved.Ranges.Count);
            foreach (var range in unserved.Ranges)
            {
                head.List([range.Name, range.From, range.To], counts: false);
            }

            head.Text(unserved.Reason);
        }

        _fields.Write(head);
        for (var i = 0; i < routine.Count; i++)
        {
            _fields.Write(routine[i], formulaOf.TryGetValue(i, out var formula) ? formula : null);
        }

        void WriteNames(IReadOnlyList<string> list)
        {
            head.Whole(list.Count);
            foreach (var name in list)
            {
                head.Text(name);
            }
        }
    }

    /// <summary>The formulas of what differs from point to point.</summary>
    /// <param name="fields">The fields for each of the points.</param>
    /// <param name="formulaOf">For some fields the number of the formula.</param>
    private List<SizeExpression> Formulas(List<object>[] fields, out Dictionary<int, int> formulaOf)
    {
        var formulas = new List<SizeExpression>();
        formulaOf = [];
        for (var i = 0; i < fields[0].Count; i++)
        {
            object[] values = [.. fields.Select(list => i < list.Count ? list[i] : "")];
            if (values.All(values[0].Equals))
            {
                continue;
            }

            var formula = Array.TrueForAll(values, value => value is long) ? _program.Solver.Solve([.. values.Select(value => (long)value)])
                : Array.TrueForAll(values, value => value is double)
                    ? _program.Solver.Solve([.. values.Select(value => new Scalar((double)value).ToString())])
                : null;
            if (formula is null || fields.Any(list => list.Count != fields[0].Count))
            {
                throw new VaryingSizeException(
                    $"{_program.Name}: a number of its program is {string.Join(", ", values)} for "
                    + $"{string.Join("; ", Enumerable.Range(0, fields.Length).Select(_program.Points.Describe))}, which is no formula "
                    + "of the sizes. Export it for fixed sizes.");
            }

            formulaOf.Add(i, formulas.Count);
            formulas.Add(formula);
        }

        return formulas;
    }
}
