namespace Brachy.Compilation;

/// <summary>
/// Decides which operands are overwritten in place, and where results come from. An operand may be overwritten when
/// nothing reads its memory later and it is a fresh intermediate value or a donated input.
/// </summary>
internal sealed class MemoryPlan
{
    private readonly HashSet<(int Equation, int Input)> _copies = [];

    private MemoryPlan(
        OutputPlan[] outputs, IReadOnlyList<Var> nativeResults, int returnedResults, int[] sharedInputs, bool[] overwritten)
    {
        Outputs = outputs;
        NativeResults = nativeResults;
        ReturnedResults = returnedResults;
        SharedInputs = sharedInputs;
        OverwrittenInputs = overwritten;
    }

    public OutputPlan[] Outputs { get; }

    /// <summary>Whether a kernel that can fail runs after a donated input was overwritten.</summary>
    public bool MayFailAfterOverwriting { get; private init; }

    /// <summary>The variables that native code returns, in order.</summary>
    public IReadOnlyList<Var> NativeResults { get; }

    /// <summary>How many of the native results, from the first on, are results of the graph.</summary>
    public int ReturnedResults { get; }

    /// <summary>Inputs whose memory a result may share.</summary>
    public int[] SharedInputs { get; }

    /// <summary>For each input whether it is overwritten.</summary>
    public bool[] OverwrittenInputs { get; }

    /// <summary>Whether an operand that its primitive overwrites must be copied first.</summary>
    public bool NeedsCopy(int equation, int input) => _copies.Contains((equation, input));

    /// <summary>Whether another plan differs in the sizes of results alone.</summary>
    public bool IsLike(MemoryPlan other) => MayFailAfterOverwriting == other.MayFailAfterOverwriting
        && Outputs.Select(output => output with { Bytes = 0 }).SequenceEqual(other.Outputs.Select(output => output with { Bytes = 0 }))
        && NativeResults.Count == other.NativeResults.Count && ReturnedResults == other.ReturnedResults
        && SharedInputs.SequenceEqual(other.SharedInputs) && OverwrittenInputs.SequenceEqual(other.OverwrittenInputs)
        && _copies.SetEquals(other._copies);

    /// <summary>The same plan for results of other sizes.</summary>
    /// <param name="types">The types of what native code returns.</param>
    /// <param name="bytes">The memory that lives through results, by their position; of others there is none.</param>
    public MemoryPlan With(IReadOnlyList<TensorType> types, IReadOnlyDictionary<int, long> bytes)
    {
        OutputPlan[] outputs = [.. Outputs.Select((output, i) => output with { Bytes = bytes.GetValueOrDefault(i) })];
        Var[] results = [.. types.Select(type => new Var(type))];
        var plan = new MemoryPlan(outputs, results, ReturnedResults, SharedInputs, OverwrittenInputs)
        {
            MayFailAfterOverwriting = MayFailAfterOverwriting,
        };
        plan._copies.UnionWith(_copies);
        return plan;
    }

    /// <param name="graph">The graph.</param>
    /// <param name="donated">For each input whether it may be overwritten.</param>
    /// <param name="mayTake">Whether a value may take the memory of such an input; null for each.</param>
    public static MemoryPlan Make(Graph graph, bool[] donated, Func<Var, Var, bool>? mayTake = null) =>
        new Analysis(graph, donated, mayTake).Plan();

    private sealed class Analysis
    {
        private readonly Graph _graph;
        private readonly bool[] _donated;
        private readonly Func<Var, Var, bool>? _mayTake;
        private readonly Lifetimes _lifetimes;
        private readonly Dictionary<Var, int> _inputs = [];
        private readonly Dictionary<Var, int> _overwriting = [];
        private readonly Dictionary<Var, int> _constants = [];
        private readonly Dictionary<Var, int> _firstPositions = [];
        private readonly Dictionary<Var, int> _sharers = [];
        private int? _firstInputOverwrite;

        public Analysis(Graph graph, bool[] donated, Func<Var, Var, bool>? mayTake)
        {
            _graph = graph;
            _donated = donated;
            _mayTake = mayTake;
            _lifetimes = new(graph);
            for (var i = 0; i < graph.Inputs.Count; i++)
            {
                _inputs.Add(graph.Inputs[i], i);
            }

            for (var i = 0; i < graph.Constants.Count; i++)
            {
                _constants.Add(graph.Constants[i].Var, i);
            }

            for (var i = 0; i < graph.Outputs.Count; i++)
            {
                if (graph.Outputs[i] is Var output && _firstPositions.TryAdd(output, i))
                {
                    _sharers[Root(output)] = _sharers.GetValueOrDefault(Root(output)) + 1;
                }
            }
        }

        public MemoryPlan Plan()
        {
            var copies = new List<(int, int)>();
            var anchors = new List<Var>();
            var overwritten = new bool[_graph.Inputs.Count];
            for (var i = 0; i < _graph.Equations.Count; i++)
            {
                PlanOverwrites(i, copies, anchors, overwritten);
            }

            var native = new List<Var>();
            var outputs = _graph.Outputs.Select((atom, i) => PlanOutput(atom, i, native)).ToArray();

            var returned = native.Count;

            // TorchScript drops an in-place update of an input, or of a list, unless something of it is returned.
            var known = native.ToHashSet();
            native.AddRange(anchors.Where(known.Add));
            var shared = _graph.Outputs.OfType<Var>().Where(v => !_overwriting.ContainsKey(v) && !ReferenceEquals(Root(v), v))
                .Select(Root).Where(v => _inputs.ContainsKey(v) || _overwriting.ContainsKey(v))
                .Select(v => _inputs.TryGetValue(v, out var input) ? input : _overwriting[v]).Distinct().ToArray();
            var plan = new MemoryPlan(outputs, native, returned, shared, overwritten)
            {
                MayFailAfterOverwriting = _firstInputOverwrite is { } first
                    && _graph.Equations.Skip(first).Any(
                        e => e.Bodies.Count > 0 || (!e.Primitive.MutatesInputs && (e.Overwrites is null || e.Primitive.MayFailInPlace))),
            };
            plan._copies.UnionWith(copies);
            return plan;
        }

        private Var Root(Var v) => _lifetimes.Root(v);

        private void PlanOverwrites(int index, List<(int, int)> copies, List<Var> anchors, bool[] overwritten)
        {
            var equation = _graph.Equations[index];
            if (Targets(equation) is not { Length: > 0 } targets)
            {
                return;
            }

            Var? anchor = null;
            for (var i = 0; i < targets.Length; i++)
            {
                if (targets[i] < 0)
                {
                    continue;
                }

                anchor ??= equation.Outputs[i];
                if (!MayOverwrite(equation, index, targets[i], equation.Outputs[i]))
                {
                    copies.Add((index, targets[i]));
                    continue;
                }

                if (_inputs.TryGetValue((Var)equation.Inputs[targets[i]], out var input))
                {
                    overwritten[input] = true;
                    _firstInputOverwrite ??= index;
                    _overwriting.Add(equation.Outputs[i], input);
                }
            }

            if (anchor is not null && (equation.Primitive.MutatesInputs || _overwriting.ContainsKey(anchor)))
            {
                anchors.Add(anchor);
            }
        }

        /// <summary>The operands that the script of an equation overwrites.</summary>
        private static int[] Targets(Equation equation)
        {
            if (equation.Overwrites is { } operand)
            {
                return [operand];
            }

            return equation.Primitive.MutatedInputs(equation.Settings, [.. equation.Inputs.Select(a => a.Type)]);
        }

        private bool MayOverwrite(Equation equation, int index, int operand, Var result)
        {
            return equation.Inputs[operand] is Var v && _lifetimes.EndsAt(v, equation, index)
                && (_inputs.TryGetValue(v, out var input)
                    ? _donated[input] && _mayTake?.Invoke(v, result) != false
                    : _lifetimes.IsFresh(v));
        }

        private OutputPlan PlanOutput(Atom atom, int position, List<Var> native)
        {
            if (atom is not Var v)
            {
                return new OutputPlan(OutputSource.Literal, 0, IsShared: false);
            }

            if (_firstPositions[v] is var first && first < position)
            {
                return new OutputPlan(OutputSource.Duplicate, first, IsShared: false);
            }

            if (_inputs.TryGetValue(v, out var input))
            {
                return new OutputPlan(OutputSource.Input, input, IsShared: false);
            }

            if (_overwriting.TryGetValue(v, out var target))
            {
                return new OutputPlan(OutputSource.OverwrittenInput, target, IsShared: false);
            }

            if (_constants.TryGetValue(v, out var constant))
            {
                return new OutputPlan(OutputSource.Constant, constant, IsShared: true);
            }

            native.Add(v);
            var bytes = _lifetimes.IsFresh(Root(v)) ? Root(v).Type.ByteSize : 0;
            return new OutputPlan(
                OutputSource.Native, native.Count - 1, IsShared: _sharers[Root(v)] > 1 || !ReferenceEquals(Root(v), v), bytes);
        }
    }
}
