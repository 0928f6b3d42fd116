using Brachy.Compilation;

namespace Brachy.Inference;

/// <summary>
/// Builds a model out of operations, as the sources that <c>Export.CSharp</c> writes do: sizes, inputs, weights and operations are added
/// in the order in which they are done, then results, and <c>Load</c> gives the model.
/// </summary>
public sealed class FrozenBuilder : FrozenRoutine
{
    private readonly List<string> _sizeNames = [];
    private readonly List<long> _typical = [];
    private readonly List<string[]> _inputDims = [];
    private readonly List<string> _resultNames = [];
    private readonly List<((int, long, long)[] Ranges, string Reason)> _unserved = [];

    /// <summary>An empty model.</summary>
    public FrozenBuilder()
        : base(null, 0)
    {
    }

    /// <summary>The names of all operations.</summary>
    public static IReadOnlyCollection<string> Operations { get; } = [.. TypeRules.All.Keys.Order(StringComparer.Ordinal)];

    internal IReadOnlyList<string> SizeNames => _sizeNames;

    internal long[] Typical => [.. _typical];

    /// <summary>A size that varies. A session says what it is.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="typical">A size that is typical of it, for which the model is checked.</param>
    /// <exception cref="ArgumentException">There is a size of that name, or it is no size.</exception>
    public FrozenNumber Size(string name, long typical)
    {
        RequireNew(name, _sizeNames);
        ArgumentOutOfRangeException.ThrowIfNegative(typical);
        _sizeNames.Add(name);
        _typical.Add(typical);
        return new(this, _sizeNames.Count - 1);
    }

    /// <summary>An input, after those that there are.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dtype">The element type: float32, float64, int64 or bool.</param>
    /// <param name="shape">The sizes; those that vary by themselves, without more of a formula.</param>
    /// <exception cref="ArgumentException">There is an input of that name, or there are no such tensors.</exception>
    public FrozenValue Input(string name, DType dtype, ReadOnlySpan<FrozenNumber> shape)
    {
        RequireNew(name, [.. Inputs.Select(input => input.Name)]);
        var dims = new string[shape.Length];
        for (var i = 0; i < dims.Length; i++)
        {
            dims[i] = shape[i] is null || shape[i].Constant is not null ? ""
                : shape[i].OnlySize is { } size && ReferenceEquals(shape[i].Owner, this) ? _sizeNames[size]
                : throw new ArgumentException(
                    $"Input '{name}': dim {i} is {shape[i]}; it may be a number or a size of the model.", nameof(shape));
        }

        var input = AddInput(name, dtype, shape);
        _inputDims.Add(dims);
        return input;
    }

    /// <summary>A weight, whose values come with <c>Load</c>, in the order of these calls.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="dtype">The element type: float32, float64, int64, bool, or int8 for weights of <c>linear_int8</c>.</param>
    /// <param name="shape">The sizes, which do not vary.</param>
    /// <exception cref="ArgumentException">There are no such tensors.</exception>
    public FrozenValue Weight(string name, DType dtype, ReadOnlySpan<FrozenNumber> shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var size in shape)
        {
            if (size is not null && size.Constant is null)
            {
                throw new ArgumentException($"Weight '{name}' has a size {size}, but weights do not vary.", nameof(shape));
            }
        }

        return AddWeight(name, dtype, shape);
    }

    /// <summary>Gives a result, after those that there are.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">There is a result of that name, or it is no value of this model.</exception>
    public void Output(string name, FrozenValue value)
    {
        RequireNew(name, _resultNames);
        AddOutput(value);
        _resultNames.Add(name);
    }

    /// <summary>Says for which sizes the model is another one, so that it refuses them.</summary>
    /// <param name="reason">Why, for messages.</param>
    /// <param name="ranges">Sizes, with the first and the last that are meant; those of several sizes are meant together.</param>
    /// <exception cref="ArgumentException">One is no size of the model.</exception>
    public void Unserved(string reason, ReadOnlySpan<(FrozenNumber Size, long From, long To)> ranges)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var places = new (int, long, long)[ranges.Length];
        for (var i = 0; i < places.Length; i++)
        {
            var (number, from, to) = ranges[i];
            places[i] = number?.OnlySize is { } size && ReferenceEquals(number.Owner, this) ? (size, from, to)
                : throw new ArgumentException($"{number} is no size of the model.", nameof(ranges));
        }

        _unserved.Add((places, reason));
    }

    /// <summary>The model, with weights out of a file.</summary>
    /// <param name="path">The file: the values of all weights, one after the other, low bytes first, and nothing else.</param>
    /// <param name="checksum">What the checksum of the weights must be; null for anything.</param>
    /// <param name="options">How it is run; null for the defaults.</param>
    /// <exception cref="FrozenModelException">
    /// The weights are not those of the model, or it needs more memory than the options allow, or does what no kernel does.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public FrozenModel Load(string path, ulong? checksum = null, FrozenOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = File.OpenRead(path);
        try
        {
            return Load(file, checksum, options);
        }
        catch (FrozenModelException error)
        {
            throw new FrozenModelException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>The model, with weights out of a stream, such as a resource of the program, to its end.</summary>
    /// <param name="stream">The values of all weights, one after the other, low bytes first, and nothing else. It stays open.</param>
    /// <param name="checksum">What the checksum of the weights must be; null for anything.</param>
    /// <param name="options">How it is run; null for the defaults.</param>
    /// <exception cref="FrozenModelException">
    /// The weights are not those of the model, or it needs more memory than the options allow, or does what no kernel does.
    /// </exception>
    public FrozenModel Load(Stream stream, ulong? checksum = null, FrozenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(memory => memory.ReadFrom(stream), checksum, options);
    }

    /// <summary>The model, with weights as bytes.</summary>
    /// <param name="weights">The values of all weights, one after the other, low bytes first.</param>
    /// <param name="checksum">What the checksum of the weights must be; null for anything.</param>
    /// <param name="options">How it is run; null for the defaults.</param>
    /// <exception cref="FrozenModelException">
    /// The weights are not those of the model, or it needs more memory than the options allow, or does what no kernel does.
    /// </exception>
    public FrozenModel Load(byte[] weights, ulong? checksum = null, FrozenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return Load(new MemoryStream(weights, writable: false), checksum, options);
    }

    /// <summary>The model, with weights as base64 text, in which spaces and line breaks do not count.</summary>
    /// <param name="text">The values of all weights, one after the other, low bytes first, as base64 in ASCII.</param>
    /// <param name="checksum">What the checksum of the weights must be; null for anything.</param>
    /// <param name="options">How it is run; null for the defaults.</param>
    /// <exception cref="FrozenModelException">
    /// The weights are not those of the model, or it needs more memory than the options allow, or does what no kernel does.
    /// </exception>
    public FrozenModel LoadBase64(ReadOnlySpan<byte> text, ulong? checksum = null, FrozenOptions? options = null) =>
        Load(new MemoryStream(BuiltWeights.Decode(text), writable: false), checksum, options);

    private FrozenModel Load(Action<BuiltWeights> read, ulong? checksum, FrozenOptions? options)
    {
        options = (options ?? new()).Valid();
        var program = FrozenProgram.Read(Program());
        var weights = new BuiltWeights(program);
        try
        {
            read(weights);
            weights.Require(checksum);
            return FrozenModel.Of(program, weights.Memory, options);
        }
        catch
        {
            weights.Memory.Dispose();
            throw;
        }
    }

    /// <summary>What a file would have of the model, apart from its weights.</summary>
    internal byte[] Program()
    {
        if (Outputs.Count == 0)
        {
            throw new InvalidOperationException($"The model has no result; call {nameof(Output)}.");
        }

        var fields = new FieldList();
        WriteTo(fields);
        var formulas = new List<SizeExpression>();
        (object Value, int? Formula)[] routine = [.. fields.Values.Select(field =>
        {
            if (field is not BuiltFormula formula)
            {
                return (field is FrozenValue value ? (long)value.Index : field, (int?)null);
            }

            formulas.Add(formula.Number.Formula(_sizeNames.Count, formula.IsReal));
            return (formula.IsReal ? 0.0 : (object)0L, formulas.Count - 1);
        })];
        return FrozenProgram.Write(
            new(_sizeNames, _typical, [.. Inputs.Select(input => input.Name)], _inputDims, _resultNames, formulas, _unserved), routine);
    }

    private static void RequireNew(string name, List<string> names)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (names.Contains(name))
        {
            throw new ArgumentException($"There is a '{name}' already; names differ.", nameof(name));
        }
    }
}
