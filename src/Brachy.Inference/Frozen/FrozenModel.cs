namespace Brachy.Inference;

/// <summary>
/// A model that <c>Export.Frozen</c> wrote, with its weights, to run without libtorch. Threads may run it at the same time.
/// </summary>
/// <remarks>
/// A file is checked before it is used: one that was made to do harm is refused, or computes something else, or does not end.
/// </remarks>
public sealed class FrozenModel
{
    // For so many choices of sizes a program is kept.
    private const int MostPrograms = 32;

    private readonly FrozenProgram _program;
    private readonly FrozenOptions _options;
    private readonly List<CompiledModel> _compiled = [];
    private readonly Lock _lock = new();

    // Elements of the only input for each step of the only size that varies; -1 where sizes do not follow from its length.
    private readonly long _row;

    private FrozenModel(FrozenProgram program, AlignedMemory weights, FrozenOptions options)
    {
        (_program, Weights, _options) = (program, weights, options);
        var typical = program.At(program.Typical, isForRun: false);
        Inputs = [.. typical.Inputs.Select((input, i) =>
            new FrozenTensor(program.InputNames[i], input.Type.DType, input.Type.Shape, program.InputDims[i]))];
        Results = [.. typical.OutputTypes.Select((type, i) => new FrozenTensor(program.ResultNames[i], type.DType, type.Shape, []))];
        _row = SizeNames.Count == 1 && Inputs is [var input] && input.Dims.Count(dim => dim.Length > 0) == 1
            ? input.Shape.Where((_, dim) => input.Dims[dim].Length == 0).Aggregate(1L, (product, size) => product * size) : -1;
    }

    /// <summary>The inputs, in the order of the exported function's arguments.</summary>
    public IReadOnlyList<FrozenTensor> Inputs { get; }

    /// <summary>The results.</summary>
    public IReadOnlyList<FrozenTensor> Results { get; }

    /// <summary>
    /// The names of the sizes that vary, in the order in which <see cref="Session(ReadOnlySpan{long})"/> takes sizes; none when all are
    /// fixed.
    /// </summary>
    public IReadOnlyList<string> SizeNames => _program.SizeNames;

    internal AlignedMemory Weights { get; }

    internal FrozenOptions Options => _options;

    internal FrozenProgram Program => _program;

    /// <summary>Reads a model from a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="FrozenModelException">It is no frozen model, is damaged, or asks for more than the options allow.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static FrozenModel Load(string path, FrozenOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = File.OpenRead(path);
        try
        {
            return Load(file, options);
        }
        catch (FrozenModelException error)
        {
            throw new FrozenModelException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Reads a model from a stream, such as a resource of the program, to its end.</summary>
    /// <param name="stream">The stream, which stays open.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="FrozenModelException">It is no frozen model, is damaged, or asks for more than the options allow.</exception>
    public static FrozenModel Load(Stream stream, FrozenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options = (options ?? new()).Valid();
        if (!stream.CanSeek)
        {
            var copy = new MemoryStream();
            stream.CopyTo(copy);
            copy.Position = 0;
            stream = copy;
        }

        var (program, weights) = FrozenFile.Read(stream, stream.Length - stream.Position);
        return Of(program, weights, options);
    }

    /// <summary>A model whose program and weights fit, compiled for the sizes of its example.</summary>
    internal static FrozenModel Of(FrozenProgram program, AlignedMemory weights, FrozenOptions options)
    {
        var model = new FrozenModel(program, weights, options);
        model.CompiledFor(program.Typical, isForRun: false);
        return model;
    }

    /// <summary>A place to run a model of fixed sizes in.</summary>
    /// <exception cref="ArgumentException">Sizes of the model vary.</exception>
    /// <exception cref="FrozenModelException">A session would need more memory than the options allow.</exception>
    public FrozenSession Session() => Session([]);

    /// <summary>
    /// A place to run the model in, with memory for its inputs and results, so that calls allocate nothing. One thread at a time may use
    /// it.
    /// </summary>
    /// <param name="sizes">A size for each of the <see cref="SizeNames"/>.</param>
    /// <exception cref="ArgumentException">There are not as many sizes as names, or the model does not take them.</exception>
    /// <exception cref="FrozenModelException">A session would need more memory than the options allow.</exception>
    public FrozenSession Session(params ReadOnlySpan<long> sizes)
    {
        if (sizes.Length != SizeNames.Count)
        {
            throw new ArgumentException(
                $"The model has {SizeNames.Count} sizes that vary ({string.Join(", ", SizeNames)}), but {sizes.Length} are given.",
                nameof(sizes));
        }

        foreach (var size in sizes)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(sizes));
        }

        return new(this, CompiledFor(sizes, isForRun: true));
    }

    /// <summary>
    /// Runs a model of one input and one result; sizes that vary follow from the length of the input, if only one of its dims does. Nothing
    /// is allocated after the first call for each length.
    /// </summary>
    /// <typeparam name="TInput">float, double, long or bool, as the input is.</typeparam>
    /// <typeparam name="TResult">float, double, long or bool, as the result is.</typeparam>
    /// <param name="input">The elements of the input, in row-major order.</param>
    /// <param name="result">Where the result's elements go, as many as there are.</param>
    /// <exception cref="ArgumentException">A length or an element type is another, or the model has several inputs or results.</exception>
    public void Run<TInput, TResult>(ReadOnlySpan<TInput> input, Span<TResult> result)
        where TInput : unmanaged
        where TResult : unmanaged
    {
        if (Inputs.Count != 1 || Results.Count != 1)
        {
            throw new ArgumentException(
                $"The model has {Inputs.Count} inputs and {Results.Count} results; use {nameof(Session)}() and its {nameof(Run)}().");
        }

        var compiled = CompiledForLength(input.Length);
        var session = compiled.TakeIdle() ?? new FrozenSession(this, compiled);
        try
        {
            session.CopyInput(input);
            session.Run();
            session.CopyResult(result);
        }
        finally
        {
            compiled.GiveBack(session);
        }
    }

    private CompiledModel CompiledForLength(int length)
    {
        if (SizeNames.Count == 0)
        {
            return CompiledFor(_program.Typical, isForRun: true);
        }

        if (_row < 0)
        {
            throw new ArgumentException(
                $"{Inputs[0]} has not one size that varies, which its length would tell; use {nameof(Session)}(sizes).");
        }

        return _row > 0 && length % _row == 0
            ? CompiledFor([length / _row], isForRun: true)
            : throw new ArgumentException($"{Inputs[0]} has a multiple of {_row} elements, but {length} are given.");
    }

    private CompiledModel CompiledFor(ReadOnlySpan<long> sizes, bool isForRun)
    {
        lock (_lock)
        {
            foreach (var known in _compiled)
            {
                if (sizes.SequenceEqual(known.Sizes))
                {
                    return known;
                }
            }

            long[] copy = [.. sizes];
            var compiled = CompiledModel.Of(_program.At(copy, isForRun), Weights, copy, _options, _program.Describe(copy));
            if (_compiled.Count == MostPrograms)
            {
                _compiled.RemoveAt(0);
            }

            _compiled.Add(compiled);
            return compiled;
        }
    }
}
