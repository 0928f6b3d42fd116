using System.Globalization;
using Brachy.Compilation;

namespace Brachy.Inference;

/// <summary>
/// What a frozen model computes, apart from its weights: the names of inputs, results and sizes, and a routine whose numbers may be
/// formulas of the sizes. It stays as the bytes of the file, and is read anew for each choice of sizes.
/// </summary>
internal sealed class FrozenProgram
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly SizeExpression[] _formulas;
    private readonly UnservedSizes[] _unserved;
    private readonly int _start;

    private FrozenProgram(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        var reader = new FieldReader(bytes);
        SizeNames = Names(reader);
        Typical = reader.List();
        if (Typical.Length != SizeNames.Length || Typical.Any(size => size < 0))
        {
            throw reader.Refusal("it has no example of its sizes");
        }

        InputNames = Names(reader);
        InputDims = [.. InputNames.Select(_ => Names(reader))];
        ResultNames = Names(reader);
        _formulas = new SizeExpression[reader.Count()];
        for (var i = 0; i < _formulas.Length; i++)
        {
            _formulas[i] = reader.Formula(SizeNames.Length);
        }

        _unserved = new UnservedSizes[reader.Count()];
        for (var i = 0; i < _unserved.Length; i++)
        {
            _unserved[i] = UnservedSizes.Read(reader, SizeNames.Length);
        }

        _start = reader.Position;
    }

    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The names of the sizes that vary.</summary>
    public string[] SizeNames { get; }

    /// <summary>Sizes that the model was exported with.</summary>
    public long[] Typical { get; }

    public string[] InputNames { get; }

    /// <summary>For each input the names of its dims; empty where a size is fixed.</summary>
    public string[][] InputDims { get; }

    public string[] ResultNames { get; }

    /// <summary>Reads what lies in a file.</summary>
    /// <exception cref="FrozenModelException">It is damaged.</exception>
    public static FrozenProgram Read(ReadOnlyMemory<byte> bytes)
    {
        var program = new FrozenProgram(bytes);
        var routine = program.At(program.Typical, isForRun: false);
        if (routine.Inputs.Count != program.InputNames.Length || routine.Outputs.Count != program.ResultNames.Length
            || routine.Inputs.Zip(program.InputDims).Any(input => input.First.Type.Rank != input.Second.Length))
        {
            throw new FrozenModelException("The frozen model is damaged: names do not go with its inputs and results.");
        }

        return program;
    }

    /// <summary>The bytes of a program.</summary>
    /// <param name="head">What comes before the routine.</param>
    /// <param name="routine">The fields of the routine, and for those that are formulas their numbers.</param>
    public static byte[] Write(ProgramHead head, IEnumerable<(object Value, int? Formula)> routine)
    {
        var writer = new FieldWriter();
        writer.Write(head.Fields());
        foreach (var (value, formula) in routine)
        {
            writer.Write(value, formula);
        }

        return writer.Written.ToArray();
    }

    /// <summary>The routine for some sizes.</summary>
    /// <exception cref="FrozenModelException">There is none.</exception>
    /// <exception cref="ArgumentException">
    /// The model was found to be another one for such sizes when it was frozen, or cannot be of such sizes.
    /// </exception>
    public Routine At(long[] sizes, bool isForRun = true)
    {
        if (isForRun && Array.Find(_unserved, unserved => unserved.Holds(sizes)) is { } found)
        {
            throw new ArgumentException($"{Describe(sizes)} is not served by this frozen model: {found.Reason}");
        }

        var reader = new FieldReader(_bytes, _start);
        reader.Evaluate(_formulas, sizes);
        Routine routine;
        try
        {
            routine = RoutineFormat.Read(reader);
        }
        catch (FrozenModelException error) when (isForRun && error.InnerException is ArgumentException reason)
        {
            throw new ArgumentException($"{Describe(sizes)} is not served by this frozen model: {reason.Message}", error);
        }

        return reader.IsAtEnd ? routine : throw reader.Refusal("it has more than a program");
    }

    /// <summary>For example <c>batch = 3, time = 7</c>.</summary>
    public string Describe(long[] sizes) =>
        string.Join(", ", SizeNames.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"{name} = {sizes[i]}")));

    private static string[] Names(FieldReader reader)
    {
        var names = new string[reader.Count()];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = reader.Text();
        }

        return names;
    }

    /// <summary>Sizes for which the model is another one.</summary>
    /// <param name="Ranges">For some sizes the first and the last.</param>
    /// <param name="Reason">Why.</param>
    private sealed record UnservedSizes((int Size, long From, long To)[] Ranges, string Reason)
    {
        public static UnservedSizes Read(FieldReader reader, int sizes)
        {
            var ranges = new (int, long, long)[reader.Count()];
            for (var i = 0; i < ranges.Length; i++)
            {
                ranges[i] = (reader.Whole(0, sizes - 1), reader.Whole(), reader.Whole());
            }

            return new(ranges, reader.Text());
        }

        public bool Holds(long[] sizes) => Array.TrueForAll(
            Ranges, range => sizes[range.Size] >= range.From && sizes[range.Size] <= range.To);
    }
}
