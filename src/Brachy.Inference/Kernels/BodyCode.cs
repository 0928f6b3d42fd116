namespace Brachy.Compilation;

/// <summary>A body of a loop or a choice as vector steps. Its inputs and results are dense.</summary>
internal sealed unsafe class BodyCode
{
    private const long MostScratch = 1 << 30;

    private readonly VectorStep[] _steps;
    private readonly int _inputs;

    // For each result of the program which result of the body it is, and for each other one where its elements are.
    private readonly int[] _native;
    private readonly (int Output, OutputSource Source, int Index)[] _copied;
    private readonly long[] _bytes;

    private BodyCode(Routine body, VectorProgram program)
    {
        _steps = [.. program.Steps];
        _inputs = body.Inputs.Count;
        _bytes = [.. body.OutputTypes.Select(type => type.ByteSize)];
        var outputs = body.Outputs.Index().ToArray();
        _native = [.. outputs.Where(o => o.Item.Source == OutputSource.Native).OrderBy(o => o.Item.Index).Select(o => o.Index)];
        _copied = [.. outputs.Where(o => o.Item.Source is OutputSource.Input or OutputSource.Duplicate)
            .Select(o => (o.Index, o.Item.Source, o.Item.Index))];
        ScratchBytes = program.ScratchBytes;
        CopiedElements = program.CopiedElements;
    }

    public long ScratchBytes { get; }

    public long CopiedElements { get; }

    /// <summary>How many addresses a run needs to write down.</summary>
    public int TableSize => _inputs + _native.Length + 1;

    /// <summary>Compiles a body.</summary>
    /// <param name="body">The body, which has no constants.</param>
    /// <param name="rules">The rules by the names of primitives.</param>
    /// <returns>The code, or why there is none.</returns>
    public static (BodyCode? Code, VectorRefusal? Refusal) Compile(
        Routine body, IReadOnlyDictionary<string, VectorRule> rules)
    {
        if (body.Outputs.Any(o => o.Source is OutputSource.Constant or OutputSource.Literal))
        {
            return (null, new(null, Reason: "a result is a constant"));
        }

        var (program, refusal) = VectorCompiler.Compile(body, rules);
        return program is null ? (null, refusal)
            : program.ScratchBytes > MostScratch ? (
                null, new(null, Reason: $"a run needs {program.ScratchBytes} bytes for values on the way"))
            : (new(body, program), null);
    }

    /// <summary>Computes the results.</summary>
    /// <param name="inputs">Where the inputs lie.</param>
    /// <param name="results">
    /// Where the results are to lie: apart from all inputs, but for those that take the memory of an input that they overwrite.
    /// </param>
    /// <param name="scratch">Memory for the time of the run.</param>
    /// <param name="table">Room for the addresses.</param>
    public void Run(nint* inputs, nint* results, nint scratch, nint* table)
    {
        for (var i = 0; i < _inputs; i++)
        {
            table[i] = inputs[i];
        }

        for (var i = 0; i < _native.Length; i++)
        {
            table[_inputs + i] = results[_native[i]];
        }

        table[_inputs + _native.Length] = scratch;
        foreach (var step in _steps)
        {
            step(table);
        }

        foreach (var (output, source, index) in _copied)
        {
            var from = source == OutputSource.Input ? inputs[index] : results[index];
            System.Buffer.MemoryCopy((void*)from, (void*)results[output], _bytes[output], _bytes[output]);
        }
    }
}
