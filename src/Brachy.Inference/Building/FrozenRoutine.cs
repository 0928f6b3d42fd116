using Brachy.Compilation;

namespace Brachy.Inference;

/// <summary>A model that is built, or a body of one of its loops and choices: operations in the order in which they are done.</summary>
public abstract class FrozenRoutine
{
    private const int MostNesting = 32;

    private readonly int _depth;
    private readonly FieldList _inputTypes = new();
    private readonly FieldList _weightTypes = new();
    private readonly FieldList _instructions = new();
    private readonly List<FrozenValue> _results = [];
    private readonly List<FrozenValue> _outputs = [];
    private readonly Dictionary<FrozenValue, int> _overwriting = [];
    private int _count;

    private protected FrozenRoutine(FrozenBuilder? model, int depth) => (Model, _depth) = (model ?? (FrozenBuilder)this, depth);

    internal FrozenBuilder Model { get; }

    internal List<FrozenValue> Inputs { get; } = [];

    internal List<FrozenValue> Weights { get; } = [];

    internal IReadOnlyList<FrozenValue> Outputs => _outputs;

    /// <summary>The positions of the inputs that it writes over.</summary>
    internal IEnumerable<int> OverwrittenInputs => _overwriting.Values;

    /// <summary>Adds an operation with one result.</summary>
    /// <param name="op">The name of the operation, one of <see cref="FrozenBuilder.Operations"/>.</param>
    /// <param name="inputs">The operands, in order: values of this routine, and plain numbers.</param>
    /// <param name="settings">Its settings, by their names.</param>
    /// <param name="bodies">What a loop or a choice runs.</param>
    /// <param name="overwrites">
    /// The operand whose memory the result may take; it is not to be used any more. Null for none, which is always right.
    /// </param>
    /// <param name="keeps">Operands of a loop that it may not write over, though its settings say so: it copies them.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">Operands, settings and bodies do not fit, or there is not one result.</exception>
    public FrozenValue Apply(
        string op, ReadOnlySpan<FrozenValue> inputs, ReadOnlySpan<(string Name, FrozenSetting Value)> settings = default,
        ReadOnlySpan<FrozenBody> bodies = default, FrozenValue? overwrites = null, ReadOnlySpan<FrozenValue> keeps = default) =>
        new BuiltOperation(this, op, inputs, settings, bodies).Add(overwrites, keeps) is [var result] ? result
            : throw new ArgumentException($"{op} has several results, or none; call {nameof(ApplyAll)}.", nameof(op));

    /// <summary>Adds an operation with any number of results.</summary>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">Operands, settings and bodies do not fit.</exception>
    /// <inheritdoc cref="Apply"/>
    public IReadOnlyList<FrozenValue> ApplyAll(
        string op, ReadOnlySpan<FrozenValue> inputs, ReadOnlySpan<(string Name, FrozenSetting Value)> settings = default,
        ReadOnlySpan<FrozenBody> bodies = default, FrozenValue? overwrites = null, ReadOnlySpan<FrozenValue> keeps = default) =>
        new BuiltOperation(this, op, inputs, settings, bodies).Add(overwrites, keeps);

    /// <summary>Writes what a loop or a choice of this routine runs.</summary>
    /// <param name="write">Adds its inputs, operations and results.</param>
    /// <exception cref="ArgumentException">Bodies are nested too deeply.</exception>
    public FrozenBody Body(Action<FrozenBody> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (_depth == MostNesting)
        {
            throw new ArgumentException($"Bodies are nested more than {MostNesting} deep.", nameof(write));
        }

        var body = new FrozenBody(Model, _depth + 1);
        write(body);
        return body;
    }

    private protected FrozenValue AddInput(string name, DType dtype, ReadOnlySpan<FrozenNumber> shape)
    {
        var type = TypeOf(_inputTypes, dtype, shape, $"input '{name}'", mayBeInt8: _depth > 0);
        Inputs.Add(new(this, FrozenValueKind.Input, name, type));
        return Inputs[^1];
    }

    private protected FrozenValue AddWeight(string name, DType dtype, ReadOnlySpan<FrozenNumber> shape)
    {
        var type = TypeOf(_weightTypes, dtype, shape, $"weight '{name}'", mayBeInt8: true);
        Weights.Add(new(this, FrozenValueKind.Weight, name, type));
        return Weights[^1];
    }

    private protected void AddOutput(FrozenValue value)
    {
        RequireUsable(value, "A result");
        value.IsResult = value.Number is null ? true
            : throw new ArgumentException($"A result cannot be a plain number; make a tensor of {value} with \"full\".", nameof(value));
        _outputs.Add(value);
    }

    /// <summary>Throws unless a value belongs to this routine and is as it was.</summary>
    internal void RequireUsable(FrozenValue value, string what)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Number is null && !ReferenceEquals(value.Owner, this))
        {
            throw new ArgumentException(
                $"{what} is '{value}' of another routine; what bodies use of the outside must be among the operands of their operation.");
        }

        if (value.OverwrittenBy is { } op)
        {
            throw new ArgumentException($"{what} is '{value}', which '{op}' has written over.");
        }
    }

    /// <summary>Adds an operation.</summary>
    /// <param name="fields">Its fields.</param>
    /// <param name="results">What it gives.</param>
    internal void Add(FieldList fields, IEnumerable<FrozenValue> results)
    {
        _instructions.Values.AddRange(fields.Values);
        _results.AddRange(results);
        _count++;
    }

    /// <summary>Notes that a result has the memory of an operand.</summary>
    internal void NoteOverwrite(FrozenValue operand, FrozenValue result, string op)
    {
        operand.OverwrittenBy = op;
        if (operand.Kind == FrozenValueKind.Input)
        {
            _overwriting.Add(result, Inputs.IndexOf(operand));
        }
    }

    /// <summary>The fields of the routine.</summary>
    internal void WriteTo(FieldList to)
    {
        foreach (var (index, value) in Inputs.Concat(Weights).Concat(_results).Index())
        {
            value.Index = index;
        }

        to.Whole(Inputs.Count);
        to.Values.AddRange(_inputTypes.Values);
        to.Whole(Weights.Count);
        to.Values.AddRange(_weightTypes.Values);
        to.Whole(_count);
        to.Values.AddRange(_instructions.Values);
        WriteOutputs(to);
    }

    /// <summary>A type, whose fields are only written down when it is one.</summary>
    private TensorType TypeOf(FieldList to, DType dtype, ReadOnlySpan<FrozenNumber> shape, string what, bool mayBeInt8)
    {
        var fields = new FieldList();
        var type = new BuiltFields(Model, fields).Type(dtype, shape, what, mayBeInt8);
        to.Values.AddRange(fields.Values);
        return type;
    }

    private void WriteOutputs(FieldList to)
    {
        var created = new List<FrozenValue>();
        OutputPlan[] plans = [.. _outputs.Select((value, i) =>
        {
            if (_outputs.IndexOf(value) is var first && first < i)
            {
                return new OutputPlan(OutputSource.Duplicate, first, IsShared: false);
            }

            if (_overwriting.TryGetValue(value, out var input))
            {
                return new OutputPlan(OutputSource.OverwrittenInput, input, IsShared: false);
            }

            if (value.Kind != FrozenValueKind.Result)
            {
                return value.Kind == FrozenValueKind.Input ? new OutputPlan(OutputSource.Input, Inputs.IndexOf(value), IsShared: false)
                    : new OutputPlan(OutputSource.Constant, Weights.IndexOf(value), IsShared: false);
            }

            created.Add(value);
            return new OutputPlan(OutputSource.Native, created.Count - 1, IsShared: false);
        })];
        to.Whole(created.Count);
        to.Values.AddRange(created);
        to.Whole(plans.Length);
        foreach (var plan in plans)
        {
            to.Whole((long)plan.Source);
            to.Whole(plan.Index);
        }
    }
}
