using Brachy.Extending;

namespace Brachy;

/// <summary>
/// Records the ops of one thread. <em>Symbolic</em>: tensors have no values and every op is recorded, for a graph.
/// Otherwise a <em>tape</em>: ops are computed at once and recorded only when they depend on a tracked tensor, for gradients.
/// A symbolic trace may hold others, one inside the other: those of the bodies of loops and choices. Either kind, and code that is not
/// traced, may hold one of a function of one sample (<see cref="BeginSample"/>).
/// </summary>
internal sealed partial class Trace : IDisposable
{
    [ThreadStatic]
    private static Trace? s_current;

    private static long s_lastId;

    private readonly List<RecordedOp> _ops = [];
    private readonly Dictionary<RecordedOp, RecordedOp[]> _replaced = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Tensor, string> _arguments = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, int> _runs = new(ReferenceEqualityComparer.Instance);
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Trace? _outer;
    private bool _closed;

    private Trace(string description, bool isSymbolic, Trace? outer = null)
    {
        if (!ReferenceEquals(s_current, outer))
        {
            throw new InvalidOperationException($"A trace of {s_current!.Description} is going on; transforms inside it join it.");
        }

        Description = description;
        IsSymbolic = isSymbolic;
        Id = isSymbolic ? Interlocked.Increment(ref s_lastId) : 0;
        OuterStores = new(this);
        _outer = outer;
        s_current = this;
    }

    /// <summary>What this thread records, if anything.</summary>
    public static Trace? Current => s_current;

    /// <summary>Stamps what is made now: older than a trace is what has a smaller one than its number.</summary>
    public static long Stamp => s_current?.Id ?? 0;

    /// <summary>The number of a symbolic trace; later ones have larger numbers.</summary>
    public long Id { get; }

    /// <summary>What was written to that is older than the trace.</summary>
    public OuterStores OuterStores { get; }

    /// <summary>What is traced, for messages.</summary>
    public string Description { get; }

    public bool IsSymbolic { get; }

    /// <summary>Whether nobody will run the graph, so that constants need no values either.</summary>
    public bool IsOfTypesOnly { get; private init; }

    /// <summary>What to do where a value would be needed, if it is another than what is said of compiled functions.</summary>
    private string? Instead { get; init; }

    public bool IsOpen => !_closed;

    /// <summary>Whether it is the trace of a body, inside another.</summary>
    public bool IsBody => _outer is not null;

    /// <summary>Whether it is that of a function of one sample of a batch, which runs once.</summary>
    public bool IsSample { get; private init; }

    /// <summary>The trace that this one is inside of.</summary>
    public Trace? Outer => _outer;

    /// <summary>The batch of which a function sees one sample, if it has a name.</summary>
    public NamedAxis? Axis { get; private init; }

    /// <summary>The named batches of this trace and those around it, innermost first.</summary>
    public IEnumerable<NamedAxis> Axes()
    {
        for (var trace = this; trace is not null; trace = trace._outer)
        {
            if (trace.Axis is { } axis)
            {
                yield return axis;
            }
        }
    }

    /// <summary>
    /// How many functions are running whose gradients will be taken. With none, no rule of a derivative is ever asked for.
    /// </summary>
    public int OpenGradients { get; set; }

    /// <summary>What must be looked at after a run.</summary>
    public List<PendingCheck> Checks { get; } = [];

    /// <summary>The ops so far, in order.</summary>
    public IReadOnlyList<RecordedOp> Ops
    {
        get
        {
            Settle();
            return _ops;
        }
    }

    /// <summary>How many ops were looked at to replace others, in all: a few for each op, however often it is done.</summary>
    public long Visits { get; private set; }

    /// <summary>How many runs of something are going on inside each other.</summary>
    /// <param name="key">Its identity.</param>
    public int RunsOf(object key) => _runs.GetValueOrDefault(key) + (_outer?.RunsOf(key) ?? 0);

    /// <summary>Runs something that <see cref="RunsOf"/> counts.</summary>
    public T RunCounted<T>(object key, Func<T> function)
    {
        var before = _runs.GetValueOrDefault(key);
        _runs[key] = before + 1;
        try
        {
            return function();
        }
        finally
        {
            _runs[key] = before;
        }
    }

    public static Trace BeginGraph(string description) => new(description, isSymbolic: true);

    /// <summary>A graph that is never run: only the types of its tensors matter, and nothing in it needs libtorch.</summary>
    public static Trace BeginTypes(string description) => new(description, isSymbolic: true) { IsOfTypesOnly = true };

    /// <summary>The same inside whatever is going on, whose tensors it may use.</summary>
    /// <param name="what">What it is, for messages.</param>
    public static Trace BeginTypesInside(string what)
    {
        var outer = s_current;
        return new(outer is null ? what : $"{what} in {outer.Description}", isSymbolic: true, outer)
        {
            IsOfTypesOnly = true,
            OpenGradients = outer?.OpenGradients ?? 0,
        };
    }

    /// <summary>A graph inside the one that is being recorded, whose tensors it may use.</summary>
    /// <param name="what">What it is, for messages.</param>
    public static Trace BeginBody(string what)
    {
        var outer = s_current is { IsSymbolic: true } current ? current : throw new InvalidOperationException($"{what} is in no graph.");
        return new($"{what} in {outer.Description}", isSymbolic: true, outer)
        {
            IsOfTypesOnly = outer.IsOfTypesOnly,
            OpenGradients = outer.OpenGradients,
        };
    }

    /// <summary>A body that goes on with what one that has ended recorded.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="ops">What was recorded.</param>
    public static Trace BeginBody(string what, IEnumerable<RecordedOp> ops)
    {
        var trace = BeginBody(what);
        foreach (var op in ops)
        {
            trace.Adopt(op);
        }

        return trace;
    }

    /// <summary>A function of one sample of a batch, inside whatever is going on, whose tensors it may use.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="axis">The batch, if it has a name.</param>
    public static Trace BeginSample(string what, NamedAxis? axis)
    {
        var outer = s_current;
        return new(outer is null ? what : $"{what} in {outer.Description}", isSymbolic: true, outer)
        {
            IsOfTypesOnly = outer?.IsOfTypesOnly == true,
            OpenGradients = outer?.OpenGradients ?? 0,
            Axis = axis,
            IsSample = true,
            Instead = "the function sees one sample of a batch. Use F.where or Control.Cond for a choice that depends on values, give what "
                + "is the same for all samples the axis null (inAxes), or loop over the samples",
        };
    }

    public static Trace BeginTape() => new("a gradient computed eagerly", isSymbolic: false);

    /// <summary>A symbolic input.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="path">The argument or member path, for messages.</param>
    public Tensor Argument(TensorType type, string path)
    {
        var tensor = new Tensor(type, this);
        _arguments.Add(tensor, path);
        return tensor;
    }

    public Tensor[] Record(Primitive primitive, Settings settings, Tensor[] inputs, TensorType[] outputTypes)
    {
        var outputs = Array.ConvertAll(outputTypes, type => new Tensor(type, this));

        // What is recorded stays as it is, whatever becomes of the caller's array.
        _ops.Add(new RecordedOp(primitive, settings, inputs, [.. outputs]));
        return outputs;
    }

    /// <summary>Takes over an op that a body recorded, but which depends on nothing of it.</summary>
    public void Adopt(RecordedOp op)
    {
        Array.ForEach(op.Outputs, output => output.JoinTrace(this));
        _ops.Add(op);
    }

    /// <summary>
    /// Lets later ops compute the results of a recorded one, which is gone. What used them before is put behind them; otherwise
    /// the order stays. It is done when the ops are asked for next, for all that were replaced until then at once.
    /// </summary>
    /// <param name="op">The op.</param>
    /// <param name="by">Ops that give its results from tensors that were recorded since.</param>
    public void Replace(RecordedOp op, IEnumerable<RecordedOp> by) => _replaced[op] = [.. by];

    /// <summary>Lets go of the last ops of a tape, and of their results, of which there is no derivative by them any more.</summary>
    /// <param name="start">How many ops stay.</param>
    public void Forget(int start)
    {
        Settle();
        foreach (var output in _ops.Skip(start).SelectMany(op => op.Outputs))
        {
            output.LeaveTrace();
        }

        _ops.RemoveRange(start, _ops.Count - start);
    }

    /// <summary>Whether a tensor is a value of this trace or of one around it.</summary>
    public bool Sees(Tensor tensor)
    {
        for (var trace = this; trace is not null; trace = trace._outer)
        {
            if (tensor.IsOn(trace))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>On a tape: records an op that depends on a tracked tensor.</summary>
    public void RecordIfTracked(Primitive primitive, Settings settings, Tensor[] inputs, Tensor[] outputs)
    {
        if (Array.Exists(inputs, input => input.IsOn(this)))
        {
            Array.ForEach(outputs, output => output.JoinTrace(this));
            _ops.Add(new RecordedOp(primitive, settings, inputs, [.. outputs]));
        }
    }

    /// <summary>Computes at once on this thread, whatever it is recording: for values that decide a shape.</summary>
    public static T Untraced<T>(Func<T> compute)
    {
        var outer = s_current;
        s_current = null;
        try
        {
            return compute();
        }
        finally
        {
            s_current = outer;
        }
    }

    /// <summary>The function is over: none of its tensors may be left in what is older than the trace.</summary>
    /// <exception cref="LeakedTensorException">There was one; what was there before is there again.</exception>
    public void RequireNothingLeft()
    {
        if (OuterStores.Restore() is { } name)
        {
            throw new LeakedTensorException(_outer is null
                ? $"'{name}' of a module was set while {Description} was traced, but the module is no argument: the function captured it, "
                + "and would leave a tensor without a value in it. Pass the model as an argument and return it with what it has become, "
                + "or call it by Apply, which leaves it as it is. The module is as it was before."
                : $"'{name}' of a module was set in {Description}, but the module comes from outside, where what was set has no value. "
                + "Make the model a part of the state or the operand, and return it, or call it by Apply, which leaves it as it is. "
                + "The module is as it was before.");
        }

        if (_outer is not null)
        {
            OuterStores.HandOn(_outer);
        }
    }

    public void Dispose()
    {
        if (!_closed)
        {
            OuterStores.Restore();
            _closed = true;
            s_current = _outer;
        }
    }

    /// <summary>Takes out the ops that were replaced. Nothing before the first of them used their results.</summary>
    private void Settle()
    {
        if (_replaced.Count == 0)
        {
            return;
        }

        // They are among the last ones, mostly: a search from the front would pass all ops each time.
        var first = -1;
        for (var (i, left) = (_ops.Count - 1, _replaced.Count); i >= 0 && left > 0; i--)
        {
            Visits++;
            if (_replaced.ContainsKey(_ops[i]))
            {
                (first, left) = (i, left - 1);
            }
        }

        if (first >= 0)
        {
            var later = _ops[first..];
            Visits += later.Count;
            _ops.RemoveRange(first, later.Count);
            AddSorted([
                .. later.Where(op => !_replaced.ContainsKey(op)), .. later.Where(_replaced.ContainsKey).SelectMany(op => _replaced[op])]);
        }

        _replaced.Clear();
    }

    /// <summary>Adds ops behind those that compute their operands.</summary>
    private void AddSorted(RecordedOp[] ops)
    {
        var makers = new Dictionary<Tensor, RecordedOp>(ReferenceEqualityComparer.Instance);
        foreach (var op in ops)
        {
            Array.ForEach(op.Outputs, output => makers[output] = op);
        }

        var done = new HashSet<RecordedOp>(ReferenceEqualityComparer.Instance);
        var begun = new Stack<(RecordedOp Op, int Next)>();
        foreach (var op in ops)
        {
            begun.Push((op, 0));
            while (begun.TryPop(out var top))
            {
                if (done.Contains(top.Op))
                {
                    continue;
                }

                var next = top.Next;
                while (next < top.Op.Inputs.Length
                    && (!makers.TryGetValue(top.Op.Inputs[next], out var known) || done.Contains(known)))
                {
                    next++;
                }

                if (next < top.Op.Inputs.Length)
                {
                    begun.Push((top.Op, next + 1));
                    begun.Push((makers[top.Op.Inputs[next]], 0));
                }
                else
                {
                    done.Add(top.Op);
                    _ops.Add(top.Op);
                }
            }
        }
    }
}
