using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy.Inference;

/// <summary>An operation of a model that is built, checked while it is put together.</summary>
internal sealed class BuiltOperation
{
    private readonly FrozenRoutine _routine;
    private readonly string _op;
    private readonly FrozenValue[] _inputs;
    private readonly FrozenBody[] _bodies;
    private readonly BuiltFields _fields;
    private readonly Settings _settings;
    private readonly TensorType[] _types;

    /// <exception cref="ArgumentException">Operands, settings and bodies do not fit.</exception>
    public BuiltOperation(
        FrozenRoutine routine, string op, ReadOnlySpan<FrozenValue> inputs, ReadOnlySpan<(string Name, FrozenSetting Value)> settings,
        ReadOnlySpan<FrozenBody> bodies)
    {
        ArgumentNullException.ThrowIfNull(op);
        if (!TypeRules.All.TryGetValue(op, out var rule))
        {
            throw new ArgumentException(
                $"There is no operation '{op}'; {nameof(FrozenBuilder)}.{nameof(FrozenBuilder.Operations)} has those that there are.",
                nameof(op));
        }

        (_routine, _op, _inputs, _bodies) = (routine, op, inputs.ToArray(), bodies.ToArray());
        _fields = new(routine.Model, new());
        _fields.List.Text(op);
        _settings = NamedSettings.Make(op, settings, _fields);
        WriteInputs();
        WriteBodies();
        _types = rule(new(op, _settings, [.. _inputs.Select(input => input.Type)], [.. _bodies.Select(TypesOf)]));
    }

    /// <summary>Adds it to its routine.</summary>
    /// <param name="overwrites">The operand whose memory the result takes; null for none.</param>
    /// <param name="keeps">Operands that it must not write over.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">It writes over what it must not.</exception>
    public IReadOnlyList<FrozenValue> Add(FrozenValue? overwrites, ReadOnlySpan<FrozenValue> keeps)
    {
        FrozenValue[] results = [.. _types.Select(type => new FrozenValue(_routine, FrozenValueKind.Result, _op, type))];
        var target = overwrites is null ? -1 : PositionOf(overwrites, nameof(overwrites));
        if (target >= 0 && (results.Length != 1 || !results[0].Type.Equals(overwrites!.Type)))
        {
            throw new ArgumentException(
                $"{_op} gives {string.Join<TensorType>(", ", _types)}, which cannot take the memory of '{overwrites}'.",
                nameof(overwrites));
        }

        var kept = Kept(keeps);
        _fields.List.Whole(target + 1);
        _fields.List.List(kept);
        (FrozenValue Operand, FrozenValue Result)[] written =
            [.. target < 0 ? [] : new[] { (overwrites!, results[0]) }, .. OverwrittenCarries(results, kept)];
        Array.ForEach(written, pair => RequireMine(pair.Operand));
        Array.ForEach(written, pair => _routine.NoteOverwrite(pair.Operand, pair.Result, _op));
        _routine.Add(_fields.List, results);
        return results;
    }

    private void WriteInputs()
    {
        _fields.List.Whole(_inputs.Length);
        for (var i = 0; i < _inputs.Length; i++)
        {
            var what = $"{_op}: operand {i + 1}";
            _routine.RequireUsable(_inputs[i], what);
            _fields.List.Flag(_inputs[i].Number is not null);
            if (_inputs[i].Number is { } number)
            {
                _ = _fields.Scalar(number, what);
            }
            else
            {
                _fields.List.Values.Add(_inputs[i]);
            }
        }
    }

    private void WriteBodies()
    {
        _fields.List.Whole(_bodies.Length);
        for (var i = 0; i < _bodies.Length; i++)
        {
            if (_bodies[i] is null || !ReferenceEquals(_bodies[i].Model, _routine.Model))
            {
                throw new ArgumentException($"{_op}: body {i + 1} is {(_bodies[i] is null ? "null" : "of another model")}.");
            }

            IEnumerable<long> may = i == 0 && _settings is LoopForm loop ? loop.Overwritten : [];
            if (_bodies[i].OverwrittenInputs.FirstOrDefault(input => !may.Contains(input), -1) is >= 0 and var input)
            {
                throw new ArgumentException(
                    $"{_op}: body {i + 1} writes over its input {input + 1}, which no loop lets it: name it in the setting 'overwrites', "
                    + "or add the operation without 'overwrites'.");
            }

            _bodies[i].WriteTo(_fields.List);
        }
    }

    /// <summary>The positions of operands that a loop would write over, and must not.</summary>
    private long[] Kept(ReadOnlySpan<FrozenValue> keeps)
    {
        var kept = new SortedSet<long>();
        foreach (var value in keeps)
        {
            _ = PositionOf(value, nameof(keeps));
            kept.UnionWith(OverwrittenOperands().Where(position => ReferenceEquals(_inputs[position], value)));
        }

        return [.. kept];
    }

    private IEnumerable<long> OverwrittenOperands() =>
        _settings is LoopForm loop ? loop.Overwritten.Select(carry => loop.FirstCarry + carry) : [];

    /// <summary>What a loop writes over from step to step.</summary>
    private IEnumerable<(FrozenValue, FrozenValue)> OverwrittenCarries(FrozenValue[] results, long[] kept) => OverwrittenOperands()
        .Where(position => !kept.Contains(position))
        .Select(position => (_inputs[position], results[position - ((LoopForm)_settings).FirstCarry]));

    private void RequireMine(FrozenValue operand)
    {
        if (operand.IsResult || (_routine is FrozenBuilder && operand.Kind != FrozenValueKind.Result)
            || (_settings is LoopForm && _inputs.Count(input => ReferenceEquals(input, operand)) > 1))
        {
            throw new ArgumentException(
                $"{_op} would write over '{operand}', which is a result, an input or a weight of the model, or used twice: "
                + "name it in 'keeps' if this is a loop, or leave out 'overwrites'.");
        }
    }

    private int PositionOf(FrozenValue operand, string parameter) =>
        Array.FindIndex(_inputs, input => ReferenceEquals(input, operand) && input.Number is null) is >= 0 and var position ? position
            : throw new ArgumentException($"{_op}: '{operand}' of '{parameter}' is none of its operands.", parameter);

    private static Routine TypesOf(FrozenBody body) => new(
        [.. body.Inputs.Select(input => new Var(input.Type))], [], [], [], [], [.. body.Outputs.Select(output => output.Type)]);
}
