namespace Brachy.Compilation;

/// <summary>
/// A graph cut into parts that run one after the other. Where ranks exchange tensors, equations belong to the stage after as many exchanges
/// as they depend on, one after another; so exchanges come as late as the data allows, those that do not need each other happen together,
/// and a training step is forward and backward pass, exchange, update.
/// </summary>
internal sealed class StagePlan
{
    private readonly Graph _graph;
    private readonly Dictionary<Var, int> _values = [];
    private readonly Dictionary<Var, int> _stages = [];
    private readonly List<StageStep> _steps = [];

    private StagePlan(Graph graph, bool[] donated, IReadOnlyList<IReadOnlyList<Equation>>? stages)
    {
        _graph = graph;
        foreach (var input in graph.Inputs.Concat(graph.Constants.Select(c => c.Var)))
        {
            _values.Add(input, _values.Count);
        }

        var equations = stages ?? Assign();
        for (var stage = 0; stage < equations.Count; stage++)
        {
            var (code, exchanges) = (equations[stage].Where(e => !e.Exchanges), equations[stage].Where(e => e.Exchanges));
            var isLast = stage == equations.Count - 1;
            if (isLast || code.Any())
            {
                AddCode([.. code], isLast ? donated : null);
            }

            AddExchange([.. exchanges.Where(e => e.Primitive.Exchanges)]);
            foreach (var equation in exchanges.Where(e => !e.Primitive.Exchanges))
            {
                AddBody(equation);
            }
        }

        FindDead();
    }

    /// <summary>The parts, in order; the last is code, and gives the results of the graph.</summary>
    public IReadOnlyList<StageStep> Steps => _steps;

    /// <summary>How many values there are.</summary>
    public int Values => _values.Count;

    /// <summary>Cuts a graph, behind the passes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="donated">
    /// For each input whether a run takes it over. Only the last stage does, so that a failure before loses nothing.
    /// </param>
    /// <param name="stages">The equations of each stage; null to cut where ranks exchange tensors.</param>
    public static StagePlan Make(Graph graph, bool[] donated, IReadOnlyList<IReadOnlyList<Equation>>? stages = null) =>
        new(graph, donated, stages);

    /// <summary>The equations of each stage. Exchanges belong to the stage that they end.</summary>
    private List<Equation>[] Assign()
    {
        var leading = LeadingToExchanges();
        var last = 0;
        foreach (var equation in _graph.Equations)
        {
            var stage = StageOf(equation);
            Define(equation, equation.Exchanges ? stage + 1 : stage);
            last = Math.Max(last, equation.Exchanges ? stage + 1 : stage);
        }

        var stages = new List<Equation>[last + 1];
        for (var i = 0; i < stages.Length; i++)
        {
            stages[i] = [];
        }

        foreach (var equation in _graph.Equations)
        {
            // What overwrites an input can do so in the last stage alone.
            var overwrites = equation.Overwrites is not null || equation.Primitive.MutatesInputs;
            var stage = overwrites && !leading.Contains(equation) ? last : StageOf(equation);
            Define(equation, equation.Exchanges ? stage + 1 : stage);
            stages[stage].Add(equation);
        }

        return stages;

        int StageOf(Equation equation) => equation.Inputs.OfType<Var>().Select(v => _stages.GetValueOrDefault(v)).DefaultIfEmpty().Max();

        void Define(Equation equation, int stage)
        {
            foreach (var output in equation.Outputs)
            {
                _stages[output] = stage;
            }
        }
    }

    private HashSet<Equation> LeadingToExchanges()
    {
        var needed = new HashSet<Atom>();
        var leading = new HashSet<Equation>(ReferenceEqualityComparer.Instance);
        foreach (var equation in _graph.Equations.Reverse())
        {
            if (equation.Exchanges || equation.Outputs.Any(needed.Contains))
            {
                leading.Add(equation);
                needed.UnionWith(equation.Inputs);
            }
        }

        return leading;
    }

    private void AddCode(IReadOnlyList<Equation> equations, bool[]? donated)
    {
        var made = equations.SelectMany(e => e.Outputs).ToHashSet();
        var read = equations.SelectMany(e => e.Inputs).Concat(donated is null ? [] : _graph.Outputs).OfType<Var>()
            .Where(v => !made.Contains(v)).ToHashSet();

        // What is donated goes with the last stage, read or not.
        read.UnionWith(donated is null ? [] : _graph.Inputs.Where((_, i) => donated[i]));
        Constant[] constants = [.. _graph.Constants.Where(c => read.Contains(c.Var))];
        Var[] inputs = [.. read.Except(constants.Select(c => c.Var)).OrderBy(v => _values[v])];
        foreach (var output in equations.SelectMany(e => e.Outputs))
        {
            _values.Add(output, _values.Count);
        }

        var later = donated is null ? ReadOutside(equations) : [];
        Var[] outputs = [.. equations.SelectMany(e => e.Outputs).Where(later.Contains)];
        var graph = new Graph(inputs, constants, equations, donated is null ? outputs : _graph.Outputs);
        _steps.Add(new CodeStep(
            graph, [.. inputs.Select(v => _values[v] is var value && value < _graph.Inputs.Count && donated?[value] == true)],
            Numbers(inputs), donated is null ? Numbers(outputs) : []));
    }

    private HashSet<Atom> ReadOutside(IReadOnlyList<Equation> equations)
    {
        var own = equations.ToHashSet<Equation>(ReferenceEqualityComparer.Instance);
        return [.. _graph.Equations.Where(e => !own.Contains(e)).SelectMany(e => e.Inputs), .. _graph.Outputs];
    }

    private void AddExchange(IReadOnlyList<Equation> equations)
    {
        if (equations.Count > 0)
        {
            var inputs = Numbers(equations.Select(e => e.Inputs[0]));
            _steps.Add(new ExchangeStep(equations, inputs, [.. equations.Select(e => Define(e.Outputs)[0])]));
        }
    }

    private void AddBody(Equation equation)
    {
        var operands = Numbers(equation.Inputs);
        _steps.Add(new BodyStep(equation, operands, Define(equation.Outputs)));
    }

    private int[] Define(IReadOnlyList<Var> outputs)
    {
        foreach (var output in outputs)
        {
            _values.Add(output, _values.Count);
        }

        return Numbers(outputs);
    }

    private int[] Numbers(IEnumerable<Atom> values) => [.. values.Select(atom => atom is Var v ? _values[v] : -1)];

    /// <summary>Notes after which step each value is dead.</summary>
    private void FindDead()
    {
        var first = _graph.Inputs.Count + _graph.Constants.Count;
        var seen = new HashSet<int>();
        for (var i = _steps.Count - 1; i >= 0; i--)
        {
            _steps[i].Dead = [.. _steps[i].Inputs.Concat(_steps[i].Outputs).Where(value => value >= first && seen.Add(value))];
        }
    }
}
