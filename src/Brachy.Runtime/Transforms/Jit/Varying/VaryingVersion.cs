using System.Collections.Concurrent;
using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Telemetry;

namespace Brachy;

/// <summary>A compiled version for all sizes that have names.</summary>
internal sealed class VaryingVersion : JitVersion
{
    // What a size needs is little and made again where it was forgotten.
    private const int MostKept = 1024;

    private readonly string _function;
    private readonly SizePlaces _places;
    private readonly SizeProbes _probes;
    private readonly VaryingResult _result;
    private readonly VaryingProgram _program;
    private readonly Func<long[], TracedFunction> _trace;
    private readonly SizeRange[] _seen;
    private readonly ConcurrentDictionary<Shape, SizedRun> _runs = [];
    private readonly Lock _gate = new();
    private volatile SizedRun? _last;

    /// <param name="arguments">The static part of the arguments.</param>
    /// <param name="places">Where the sizes are.</param>
    /// <param name="probes">What was traced.</param>
    /// <param name="result">What the result is like.</param>
    /// <param name="program">What runs.</param>
    /// <param name="trace">Traces the function for some sizes.</param>
    /// <param name="subject">What spans say about it.</param>
    /// <param name="number">Which trace of the function made it.</param>
    public VaryingVersion(
        TreeDef arguments, SizePlaces places, SizeProbes probes, VaryingResult result, VaryingProgram program,
        Func<long[], TracedFunction> trace, CompiledSubject subject, int number)
        : base(arguments, program.Example, subject, number)
    {
        (_function, _places, _probes, _result, _program, _trace) = (subject.Function, places, probes, result, program, trace);
        _seen = [.. places.Names.Select((_, i) => new SizeRange(probes.Points.Points.Select(sizes => sizes[i])))];
    }

    /// <inheritdoc/>
    public override JitRun For(ReadOnlySpan<Tensor> leaves)
    {
        Span<long> sizes = stackalloc long[_places.Names.Count];
        _places.Read(leaves, sizes, _function);
        if (_last is { } last && sizes.SequenceEqual(last.Sizes.AsSpan()))
        {
            return last.Run;
        }

        var key = Shape.Create(sizes);
        if (!_runs.TryGetValue(key, out var run))
        {
            run = new(key, Make(key.ToArray()));
            if (_runs.Count >= MostKept)
            {
                _runs.Clear();
            }

            _runs.TryAdd(key, run);
        }

        _last = run;
        return run.Run;
    }

    /// <inheritdoc/>
    protected override void Free() => _program.Dispose();

    private JitRun Make(long[] sizes)
    {
        lock (_gate)
        {
            if (!sizes.Index().All(size => _seen[size.Index].Holds(size.Item)))
            {
                Check(sizes);
                foreach (var (i, size) in sizes.Index())
                {
                    _seen[i].Add(size);
                }
            }
        }

        return new(_program.At(sizes), _result.At(sizes), _result.ChecksAt(sizes));
    }

    /// <summary>
    /// Looks whether the function is the same for sizes beyond those that it was looked at for. A size of 0 or 1 may leave out, or add, ops
    /// that do nothing then, such as the sum over a dim of size 1; only what the result is like must agree.
    /// </summary>
    private void Check(long[] sizes)
    {
        var traced = _trace(sizes);
        if (!sizes.Any(SizeRange.IsSpecial))
        {
            _probes.Require(_function, traced, sizes);
        }

        if (_result.DifferenceTo(traced, sizes) is { } difference)
        {
            throw SizeProbes.Refusal(
                _function, difference, [$"by formulas, for {SizePoints.Describe(_places.Names, sizes)}", "by the function itself"]);
        }
    }

    private sealed record SizedRun(Shape Sizes, JitRun Run);
}
