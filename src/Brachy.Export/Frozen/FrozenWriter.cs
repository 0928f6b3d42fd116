using Brachy.Compilation;
using Brachy.Inference;
using Brachy.IO.Tracing;

namespace Brachy.IO.Frozen;

/// <summary>Writes a traced function as a frozen model.</summary>
internal sealed class FrozenWriter
{
    private readonly TracedProgram _program;
    private readonly byte[] _bytes;

    /// <param name="program">The function.</param>
    /// <param name="names">Names of the inputs; null for those of the program.</param>
    /// <param name="quantization">Which layers have weights of 8 bits; null for none.</param>
    /// <exception cref="NotSupportedException">Some operations have no kernel without libtorch; the message lists them.</exception>
    /// <exception cref="ArgumentException">The names are not one for each input.</exception>
    /// <exception cref="VaryingSizeException">The program depends on sizes in another way than by formulas.</exception>
    public FrozenWriter(TracedProgram program, IReadOnlyList<string>? names, DynamicQuantization? quantization)
    {
        _program = program;
        names ??= [.. program.Inputs.Select(input => input.Name)];
        if (names.Count != program.Inputs.Count || names.Distinct().Count() != names.Count)
        {
            throw new ArgumentException(
                $"{program.Name} has {program.Inputs.Count} inputs, but the names are {string.Join(", ", names)}: give one for each, all "
                + "different.", nameof(names));
        }

        var quantizer = quantization is null ? null : new LinearQuantizer(quantization, program.Weights);
        var graphs = FrozenGraphs.Prepare(program.Name, program.Graphs.Select(traced => traced.Graph), quantizer);
        Variants = [.. graphs.Select(graph => Routines.Of(graph, MemoryPlan.Make(graph, new bool[graph.Inputs.Count])))];
        FrozenKernels.Require(program.Name, Variants[0]);
        (InputNames, Weights) = (names, [.. graphs[0].Constants.Select(constant => constant.Value)]);
        WeightNames = NamesOf(program.Weights, quantizer);
        var fields = Variants.Select(routine =>
        {
            var list = new FieldList();
            _ = RoutineFormat.Write(list, routine);
            return list.Values;
        }).ToArray();
        var formulas = Formulas(fields, out var formulaOf);
        _bytes = FrozenProgram.Write(
            new(
                program.Points.Names, [.. program.Points.Points[0]], names,
                [.. program.Inputs.Select(input => input.Dims.Select(dim => dim ?? "").ToArray())], program.OutputPaths, formulas,
                [.. program.Unserved.Select(unserved => (
                    unserved.Ranges.Select(range => (range.Name, range.From, range.To)).ToArray(), unserved.Reason))]),
            fields[0].Select((value, i) => (value, formulaOf.TryGetValue(i, out var formula) ? formula : (int?)null)));
    }

    /// <summary>The names of the inputs.</summary>
    public IReadOnlyList<string> InputNames { get; }

    /// <summary>What is computed, for each of the sizes that the program was traced for; they differ in numbers alone.</summary>
    public IReadOnlyList<Routine> Variants { get; }

    /// <summary>The weights, in the order of the routines' constants.</summary>
    public IReadOnlyList<Tensor> Weights { get; }

    /// <summary>For each of the weights its name, which is that of the tensor of a tree that it is or has been.</summary>
    public IReadOnlyList<string> WeightNames { get; }

    /// <summary>Writes the file.</summary>
    public void Write(Stream stream) => FrozenFile.Write(
        stream, _bytes, (to, index) => WriteWeight(to, index), [.. Variants[0].Constants.Select(constant => constant.Type.ByteSize)]);

    /// <summary>Writes the values of a weight.</summary>
    /// <param name="to">Where they go.</param>
    /// <param name="index">Which weight.</param>
    /// <param name="sum">To what their bytes are added; null for nothing.</param>
    public unsafe void WriteWeight(Stream to, int index, WeightSum? sum = null)
    {
        const int Piece = 1 << 20;
        var dense = F.contiguous(Weights[index]);
        using var use = dense.Use();
        var start = (byte*)use.Buffer.DenseMemory(dense.numel());
        for (var done = 0L; done < dense.Type.ByteSize; done += Piece)
        {
            var part = new ReadOnlySpan<byte>(start + done, (int)Math.Min(Piece, dense.Type.ByteSize - done));
            to.Write(part);
            sum?.Add(part);
        }
    }

    private string[] NamesOf(IReadOnlyList<ProgramWeight> weights, LinearQuantizer? quantizer)
    {
        // Passes make other tensors over the same memory.
        Dictionary<object, string> names = quantizer is null ? [] : new(quantizer.Names);
        foreach (var weight in weights)
        {
            names.TryAdd(Constant.IdentityOf(weight.Value), weight.Name);
        }

        return [.. Weights.Select(weight => names.GetValueOrDefault(Constant.IdentityOf(weight)) ?? "constant")];
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
