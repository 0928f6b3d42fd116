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
    private readonly SizeClass _general;
    private readonly Func<long[], TracedFunction> _trace;
    private readonly MakeSizeClass _make;
    private readonly Func<TracedFunction, Executable> _compile;
    private readonly Dictionary<Shape, SizeClass> _classes = [];
    private readonly List<IDisposable> _ownCode = [];
    private readonly ConcurrentDictionary<Shape, SizedRun> _runs = [];
    private readonly Lock _gate = new();
    private volatile SizedRun? _last;

    /// <param name="arguments">The static part of the arguments.</param>
    /// <param name="places">Where the sizes are.</param>
    /// <param name="general">What serves all sizes but 0 and 1, and these too where the function is the same for them.</param>
    /// <param name="trace">Traces the function for some sizes.</param>
    /// <param name="make">Makes code for other kinds of sizes.</param>
    /// <param name="compile">Compiles the function for fixed sizes.</param>
    /// <param name="subject">What spans say about it.</param>
    /// <param name="number">Which trace of the function made it.</param>
    public VaryingVersion(
        TreeDef arguments, SizePlaces places, SizeClass general, Func<long[], TracedFunction> trace, MakeSizeClass make,
        Func<TracedFunction, Executable> compile, CompiledSubject subject, int number)
        : base(arguments, general.Program.Example, subject, number)
    {
        (_function, _places, _general, _trace, _make, _compile) = (subject.Function, places, general, trace, make, compile);
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
    protected override void Free()
    {
        lock (_gate)
        {
            _general.Program.Dispose();
            _ownCode.ForEach(code => code.Dispose());
        }
    }

    /// <summary>
    /// How the version runs for sizes that were not met before. The function is traced once more where they lie beyond those that it was
    /// looked at for. With a size of 0 or 1 it may be another program, one without the sum over a dim of size 1, say: then such sizes get
    /// code of their own, for all values of the other sizes.
    /// </summary>
    private JitRun Make(long[] sizes)
    {
        lock (_gate)
        {
            var kind = Shape.Create([.. sizes.Select(size => SizeRange.IsSpecial(size) ? size : -1)]);
            var known = kind.All(size => size < 0) ? _general : _classes.GetValueOrDefault(kind);
            if (known?.Holds(sizes) == true)
            {
                return known.At(sizes);
            }

            var traced = _trace(sizes);
            if (known is null)
            {
                if (_general.DifferenceTo(traced, sizes) is not null)
                {
                    return MakeOwn(kind, traced, sizes);
                }

                _classes.Add(kind, known = _general.ForOthers());
            }

            known.Require(_function, traced, sizes);
            known.Add(sizes);
            return known.At(sizes);
        }
    }

    private JitRun MakeOwn(Shape kind, TracedFunction traced, long[] sizes)
    {
        int[] free = [.. kind.Index().Where(size => size.Item < 0).Select(size => size.Index)];
        if (free.Length == 0)
        {
            var executable = _compile(traced);
            _ownCode.Add(executable);
            return new(executable, traced.Result, [.. traced.Checks.Select(check => check.WithoutValues())]);
        }

        var own = _make(free, sizes);
        _ownCode.Add(own.Program);
        _classes.Add(kind, own);
        if (!own.Holds(sizes))
        {
            own.Require(_function, traced, sizes);
            own.Add(sizes);
        }

        return own.At(sizes);
    }

    private sealed record SizedRun(Shape Sizes, JitRun Run);
}

/// <summary>Makes code for some kind of sizes.</summary>
/// <param name="free">The positions of the sizes that vary.</param>
/// <param name="sizes">Sizes of a call: those that do not vary stay as they are here.</param>
internal delegate SizeClass MakeSizeClass(int[] free, long[] sizes);
