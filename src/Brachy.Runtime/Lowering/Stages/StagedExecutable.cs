using System.Runtime.CompilerServices;
using Brachy.Ranks;

namespace Brachy.Compilation;

/// <summary>
/// A graph that runs in parts: code of a backend, what ranks exchange, code of this backend or another, …. A failure before the last stage
/// leaves donated inputs as they are, and only the last one overwrites them.
/// </summary>
internal sealed class StagedExecutable : Executable
{
    private readonly IReadOnlyList<StageStep> _steps;
    private readonly Executable?[] _code;
    private readonly Tensor[] _constants;
    private readonly RankExchange _exchange = new();
    private readonly int _values;
    private readonly Lock _running = new();
    private int _runs;
    private volatile bool _isDisposed;

    /// <summary>A graph in which ranks exchange tensors.</summary>
    /// <param name="graph">The graph, behind the passes.</param>
    /// <param name="donated">For each input whether a run takes it over.</param>
    /// <param name="backend">What runs the stages.</param>
    public StagedExecutable(Graph graph, bool[] donated, Backend backend)
        : this(graph, donated, StagePlan.Make(graph, donated), _ => backend)
    {
    }

    /// <summary>A graph that some backends run by turns.</summary>
    /// <param name="graph">The graph, behind the passes.</param>
    /// <param name="donated">For each input whether a run takes it over.</param>
    /// <param name="plan">The parts.</param>
    /// <param name="backendOf">What runs one of them.</param>
    public StagedExecutable(Graph graph, bool[] donated, StagePlan plan, Func<CodeStep, Backend> backendOf)
        : base(graph, donated)
    {
        (_steps, _values) = (plan.Steps, plan.Values);
        _constants = [.. graph.Constants.Select(c => c.Value.Alias())];
        _code = [.. _steps.Select(step => step is CodeStep code ? backendOf(code).Compile(code.Graph, code.Donated()) : null)];
        MarkTemporaries();
    }

    /// <inheritdoc/>
    public override string BackendName => string.Join(", ", _code.OfType<Executable>().Select(code => code.BackendName).Distinct());

    /// <inheritdoc/>
    public override int OptimizingRuns => _code.Max(code => code?.OptimizingRuns ?? 0);

    /// <inheritdoc/>
    public override bool IsSettled => Array.TrueForAll(_code, code => code?.IsSettled != false);

    /// <inheritdoc/>
    public override string? Script =>
        string.Join("\n", _code.Select(code => code?.Script).OfType<string>()) is { Length: > 0 } text ? text : null;

    /// <inheritdoc/>
    public override bool IsDisposed => _isDisposed;

    /// <summary>The parts, for tests.</summary>
    public IReadOnlyList<StageStep> Steps => _steps;

    /// <summary>The code of those parts that have any, for tests.</summary>
    public IEnumerable<Executable> Code => _code.OfType<Executable>();

    /// <inheritdoc/>
    public override Tensor[] Run(ReadOnlySpan<Tensor> inputs, string consumer, IReadOnlyList<string>? paths)
    {
        lock (_running)
        {
            // A run that has begun ends: other ranks wait for it.
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _runs++;
        }

        var values = new Tensor?[_values];
        inputs.CopyTo(values!);
        _constants.CopyTo(values.AsSpan(inputs.Length));
        var first = inputs.Length + _constants.Length;
        try
        {
            for (var i = 0; i < _steps.Count - 1; i++)
            {
                Run(i, values, consumer);
                foreach (var dead in _steps[i].Dead)
                {
                    values[dead]?.Dispose();
                    values[dead] = null;
                }
            }

            return _code[^1]!.Run(Operands(_steps[^1], values), consumer, paths is null ? null : new Paths(paths, _steps[^1].Inputs));
        }
        finally
        {
            foreach (var value in values.AsSpan(first))
            {
                value?.Dispose();
            }

            lock (_running)
            {
                _runs--;
                DisposeIfIdle();
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        lock (_running)
        {
            _isDisposed = true;
            DisposeIfIdle();
        }
    }

    /// <summary>Says which results of parts are freed before the run ends.</summary>
    private void MarkTemporaries()
    {
        // What the last part has may become a result of the whole, and so may what lies in memory that is handed on to that.
        var kept = _steps[^1].Inputs.ToHashSet();
        for (var i = _steps.Count - 2; i >= 0; i--)
        {
            if (_code[i] is not PlannedExecutable code)
            {
                kept.UnionWith(_steps[i].Inputs);
                continue;
            }

            code.Temporaries = [.. _steps[i].Outputs.Select(value => !kept.Contains(value))];
            kept.UnionWith(code.Plan.Outputs.Where((output, k) => !code.Temporaries[k]
                && output.Source is OutputSource.Input or OutputSource.OverwrittenInput).Select(output => _steps[i].Inputs[output.Index]));
        }
    }

    private void DisposeIfIdle()
    {
        if (_isDisposed && _runs == 0)
        {
            Array.ForEach(_code, code => code?.Dispose());
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Run(int index, Tensor?[] values, string consumer)
    {
        var step = _steps[index];
        if (step is ExchangeStep exchange)
        {
            _exchange.Run(exchange, values, consumer);
            return;
        }

        var results = step is CodeStep
            ? _code[index]!.Run(Operands(step, values), consumer, null)
            : RunBody((BodyStep)step, values);
        for (var i = 0; i < results.Length; i++)
        {
            values[step.Outputs[i]] = results[i];
        }
    }

    private static Tensor[] RunBody(BodyStep step, Tensor?[] values)
    {
        Tensor[] operands = [.. step.Inputs.Select(
            (value, i) => value < 0 ? Tensor.OfNumber(((Literal)step.Equation.Inputs[i]).Value) : values[value]!)];
        return step.Equation.Primitive.Compute(
            step.Equation.Settings, operands, Array.ConvertAll(operands, o => o.Type), [.. step.Equation.Outputs.Select(o => o.Type)]);
    }

    private static Tensor[] Operands(StageStep step, Tensor?[] values) => Array.ConvertAll(step.Inputs, value => values[value]!);

    /// <summary>The names of some inputs of the graph; other values of a stage have none that a user knows.</summary>
    private sealed class Paths(IReadOnlyList<string> all, int[] values) : IReadOnlyList<string>
    {
        public int Count => values.Length;

        public string this[int index] => values[index] < all.Count ? all[values[index]] : "a value in between";

        public IEnumerator<string> GetEnumerator() => values.Select((_, i) => this[i]).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
