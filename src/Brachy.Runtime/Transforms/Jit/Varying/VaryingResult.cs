using Brachy.Compilation;
using Brachy.CompilerServices;

namespace Brachy;

/// <summary>The static part of a result, and the checks, for all sizes: numbers among them may follow from sizes.</summary>
internal sealed class VaryingResult
{
    private readonly TreeDef _result;
    private readonly IReadOnlyList<PendingCheck> _checks;
    private readonly List<(int Token, Func<long[], object> Value)> _statics = [];
    private readonly TensorType[] _types;
    private readonly Func<long[], Shape>[] _shapes;
    private readonly Func<long[], Shape>[] _checkShapes;
    private readonly Func<long[], string>[] _checkMessages;
    private readonly Dictionary<LoopPlace, Func<long[], long>> _loops = new(ReferenceEqualityComparer.Instance);

    /// <exception cref="VaryingSizeException">The result depends on sizes in another way than by formulas.</exception>
    public VaryingResult(string function, SizeProbes probes)
    {
        var traces = probes.Traces;
        string[] points = [.. Enumerable.Range(0, traces.Count).Select(probes.Points.Describe)];
        (_result, _checks) = (traces[0].Result, traces[0].Checks);
        if (traces.Any(t => t.Result.Tokens.Length != _result.Tokens.Length || t.Checks.Count != _checks.Count))
        {
            throw SizeProbes.Refusal(function, new([.. traces.Select(t => $"a result of {t.Result.Tokens.Length} parts")]), points);
        }

        for (var i = 0; i < _result.Tokens.Length; i++)
        {
            Token[] tokens = [.. traces.Select(t => t.Result.Tokens[i])];
            if (!Array.TrueForAll(tokens, token => (token.IsLeaf && tokens[0].IsLeaf) || TreeDef.TokenEquals(token, tokens[0])))
            {
                _statics.Add((i, ValueOf(tokens, probes) ?? throw SizeProbes.Refusal(
                    function, new([.. tokens.Select(token => $"'{_result.Paths![i]}' is {_result.Describe(token)}")]), points)));
            }
        }

        var types = traces.Select(t => t.ResultTypes.ToArray()).ToArray();
        _types = types[0];
        _shapes = [.. _types.Select((_, i) => ShapeOf([.. types.Select(t => t[i].Shape)], probes)
            ?? throw SizeProbes.Refusal(function, new([.. types.Select(t => $"a result {t[i]}")]), points))];
        _checkShapes = [.. _checks.Select((_, i) => ShapeOf([.. traces.Select(t => t.Checks[i].Type.Shape)], probes)
            ?? throw SizeProbes.Refusal(function, new([.. traces.Select(t => $"a check of {t.Checks[i].Type}")]), points))];
        foreach (var (place, slices) in _checks.SelectMany((check, i) => check.Loops.Select((loop, k) => (loop, Slices: traces
            .Select(t => t.Checks[i].Loops.ElementAtOrDefault(k)?.Slices).ToArray()))).Where(loop => loop.Slices.All(s => s is not null)))
        {
            _loops.TryAdd(place, NumberOf([.. slices.OfType<long>()], probes)
                ?? throw SizeProbes.Refusal(function, new([.. slices.Select(s => $"a check in a loop of {s} steps")]), points));
        }

        _checkMessages = [.. _checks.Select((_, i) => MessageOf([.. traces.Select(t => t.Checks[i].Message)], probes))];
    }

    /// <summary>The static part of the result for some sizes.</summary>
    public TreeDef At(long[] sizes)
    {
        if (_statics.Count == 0)
        {
            return _result;
        }

        var tokens = _result.Tokens.ToArray();
        foreach (var (i, valueOf) in _statics)
        {
            var value = valueOf(sizes);
            tokens[i] = new Token(value, tokens[i].Bits) { Original = value };
        }

        return _result.WithTokens(tokens);
    }

    /// <summary>The checks for some sizes.</summary>
    public IReadOnlyList<PendingCheck> ChecksAt(long[] sizes)
    {
        // Checks of one loop share its place.
        var places = _loops.ToDictionary(loop => loop.Key, loop => new LoopPlace(loop.Value(sizes)));
        return [.. _checks.Select((check, i) => check.WithoutValues().For(
            _checkMessages[i](sizes), check.Type.WithShape(_checkShapes[i](sizes)),
            [.. check.Loops.Select(loop => places.GetValueOrDefault(loop, loop))]))];
    }

    /// <summary>What differs in the result of another trace from what the formulas say; null for nothing.</summary>
    public SizeDifference? DifferenceTo(TracedFunction traced, long[] sizes)
    {
        var expected = At(sizes);
        for (var i = 0; i < Math.Max(expected.Tokens.Length, traced.Result.Tokens.Length); i++)
        {
            if (i >= expected.Tokens.Length || i >= traced.Result.Tokens.Length)
            {
                return new([$"a result of {expected.Tokens.Length} parts", $"a result of {traced.Result.Tokens.Length} parts"]);
            }

            var (own, other) = (expected.Tokens[i], traced.Result.Tokens[i]);
            if (!(own.IsLeaf && other.IsLeaf) && !TreeDef.TokenEquals(own, other))
            {
                return new([$"'{expected.Paths![i]}' is {expected.Describe(own)}", $"'{expected.Paths[i]}' is {expected.Describe(other)}"]);
            }
        }

        return traced.ResultTypes.Select((type, i) => (Expected: _types[i].WithShape(_shapes[i](sizes)), Actual: type))
            .Where(pair => !pair.Expected.Equals(pair.Actual))
            .Select(pair => new SizeDifference([$"a result {pair.Expected}", $"a result {pair.Actual}"])).FirstOrDefault();
    }

    private static Func<long[], object>? ValueOf(Token[] tokens, SizeProbes probes)
    {
        switch (tokens[0].Original)
        {
            case int or long or short or byte or uint or ulong or ushort or sbyte
                when tokens.All(token => token.Original?.GetType() == tokens[0].Original!.GetType()):
                var type = tokens[0].Original!.GetType();
                return NumberOf([.. tokens.Select(token => Convert.ToInt64(token.Original, null))], probes) is { } number
                    ? sizes => Convert.ChangeType(number(sizes), type, null)
                    : null;
            case double or float when tokens.All(token => token.Original is double or float):
                var isSingle = tokens[0].Original is float;
                var real = probes.Solver.Solve([.. tokens.Select(t => Extending.Script.Real(Convert.ToDouble(t.Original, null)))]);
                return real is null ? null : sizes => isSingle ? (float)real.RealAt(sizes) : real.RealAt(sizes);
            case Shape when tokens.All(token => token.Original is Shape):
                return ShapeOf([.. tokens.Select(token => (Shape)token.Original!)], probes) is { } shape ? sizes => shape(sizes) : null;
            case string when tokens.All(token => token.Original is string):
                return SizeTemplate.Solve([.. tokens.Select(token => (string)token.Original!)], probes.Solver, out _) is { } text
                    ? sizes => text.Write(formula => formula.TextAt(sizes))
                    : null;
            default:
                return null;
        }
    }

    private static Func<long[], Shape>? ShapeOf(Shape[] shapes, SizeProbes probes)
    {
        if (shapes.Any(shape => shape.Rank != shapes[0].Rank))
        {
            return null;
        }

        var sizes = Enumerable.Range(0, shapes[0].Rank).Select(dim => NumberOf([.. shapes.Select(shape => shape[dim])], probes)).ToArray();
        return Array.Exists(sizes, size => size is null) ? null : of => [.. sizes.Select(size => size!(of))];
    }

    private static Func<long[], long>? NumberOf(long[] numbers, SizeProbes probes) =>
        numbers.All(number => number == numbers[0]) ? _ => numbers[0]
            : probes.Solver.Solve(numbers) is { } formula ? sizes => formula.IntegerAt(sizes)
            : null;

    private static Func<long[], string> MessageOf(string[] messages, SizeProbes probes) =>
        SizeTemplate.Solve(messages, probes.Solver, out _) is { } template
            ? sizes => template.Write(formula => formula.TextAt(sizes))
            : _ => messages[0];
}
