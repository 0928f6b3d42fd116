using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Which parts of a graph that otherwise runs on libtorch become vector code: functions of elements and of rows that follow each other,
/// where one pass over memory is faster than one for each of them. The graph is cut into stages, by turns of libtorch and of vector code.
/// </summary>
internal sealed class ChainPlan
{
    /// <summary>With less to gain for a run, one call into libtorch is simpler.</summary>
    public const double FewestSeconds = 100e-6;

    // A call into libtorch more, and the results that are handed over.
    private const double SecondsOfCut = 30e-6;

    // In a language model's step, nine tenths of which are products, chains save no more than what the cuts cost around them: memory that
    // is not used again, and threads of two kinds by turns.
    private const double SecondsPerMultiplyAdd = 1e-11;
    private const double LeastShareOfProducts = 0.2;

    private static readonly HashSet<Primitive> s_random = [F.FoldIn, F.UniformSample];

    private readonly Graph _graph;
    private readonly HashSet<Equation> _late;
    private readonly HashSet<Equation> _chosen = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Equation, int> _stages = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Var, Equation> _makers = [];
    private readonly Dictionary<Var, List<Equation>> _users = [];

    private ChainPlan(Graph graph, bool[] donated)
    {
        _graph = graph;
        foreach (var equation in graph.Equations)
        {
            foreach (var output in equation.Outputs)
            {
                _makers.Add(output, equation);
            }

            foreach (var input in equation.Inputs.OfType<Var>())
            {
                if (!_users.TryGetValue(input, out var users))
                {
                    _users.Add(input, users = []);
                }

                users.Add(equation);
            }
        }

        _late = WhatOverwritesInputs(donated);
    }

    /// <summary>The seconds that the plan should save for a run.</summary>
    public double Saved { get; private set; }

    /// <summary>The equations of each stage, in order: those of libtorch first.</summary>
    public IReadOnlyList<IReadOnlyList<Equation>> Stages
    {
        get
        {
            var stages = Enumerable.Range(0, _stages.Values.Max() + 1).Select(_ => new List<Equation>()).ToArray();
            foreach (var equation in _graph.Equations)
            {
                stages[_stages[equation]].Add(equation);
            }

            return stages;
        }
    }

    /// <summary>A plan for a graph, or null if all of it is better run by libtorch.</summary>
    /// <param name="graph">The graph, behind the passes.</param>
    /// <param name="donated">For each input whether a run takes it over.</param>
    /// <param name="fewestSeconds">What it has to save for a run.</param>
    public static ChainPlan? Find(Graph graph, bool[] donated, double fewestSeconds = FewestSeconds)
    {
        // Costs may have to be measured first.
        if (graph.Equations.Sum(MostSavedBy) < fewestSeconds)
        {
            return null;
        }

        var costs = MachineCosts.Current;
        if (graph.Equations.Sum(equation => Math.Max(0, -VectorPolicy.LostBy(equation, costs))) < fewestSeconds)
        {
            return null;
        }

        var plan = new ChainPlan(graph, donated);
        plan.Choose(costs);
        var ofProducts = graph.Equations.Sum(equation => equation.Cost.MultiplyAdds) * SecondsPerMultiplyAdd;
        return plan.Saved >= Math.Max(fewestSeconds, LeastShareOfProducts * ofProducts) && plan._chosen.Count > 0 ? plan : null;
    }

    /// <summary>Whether an equation is vector code; all of a stage are, or none.</summary>
    public bool IsChosen(Equation equation) => _chosen.Contains(equation);

    private static double MostSavedBy(Equation equation)
    {
        var least = CostRange.All[MachineCost.LostPerElement].Least;
        return VectorPolicy.LostBy(equation, MachineCosts.Fixed) == 0 ? 0 : -least * equation.Cost.Elements;
    }

    private void Choose(MachineCosts costs)
    {
        var isOfImages = _graph.Equations.Any(e => e.Primitive == F.Convolution || e.Primitive == F.ConvolutionBackward);
        var results = _graph.Outputs.ToHashSet();
        foreach (var equation in _graph.Equations.Reverse())
        {
            // A view goes with what reads it.
            var isPossible = equation.Primitive.IsView
                ? equation.Outputs.All(output => !results.Contains(output) && UsersOf(output).All(_chosen.Contains))
                : CanBeChosen(equation, isOfImages);
            if (isPossible && !_late.Contains(equation) && HasRule(equation))
            {
                _chosen.Add(equation);
            }
        }

        // What is left out moves what depends on it to other stages, and so may part others.
        for (var changed = true; changed;)
        {
            Assign();
            (changed, Saved) = (false, 0);
            foreach (var group in Groups())
            {
                var saved = SavedBy(group, costs);
                if (saved > 0)
                {
                    Saved += saved;
                }
                else
                {
                    _chosen.ExceptWith(group);
                    changed = true;
                }
            }
        }
    }

    private static bool CanBeChosen(Equation equation, bool isOfImages) =>
        equation.Cost.MultiplyAdds == 0 && equation.Bodies.Count == 0 && equation.Settings is not ForeachSettings
        && !s_random.Contains(equation.Primitive)

        // Images may lie with their channels side by side.
        && !(isOfImages && equation.Inputs.Any(input => input.Type.Rank >= 4));

    private static bool HasRule(Equation equation)
    {
        if (!TrainingKernels.All.ContainsKey(equation.Primitive.Name))
        {
            return false;
        }

        var alone = new Graph([.. equation.Inputs.OfType<Var>().Distinct()], [], [equation], [.. equation.Outputs]);
        var plan = MemoryPlan.Make(alone, new bool[alone.Inputs.Count]);
        return VectorCompiler.Compile(Routines.Of(alone, plan), TrainingKernels.All).Program is not null;
    }

    /// <summary>What overwrites inputs, and what depends on that: it comes last, and only when nothing else can fail.</summary>
    private HashSet<Equation> WhatOverwritesInputs(bool[] donated)
    {
        var late = new HashSet<Equation>(ReferenceEqualityComparer.Instance);
        var given = _graph.Inputs.Where((_, i) => donated[i]).ToHashSet<Atom>();
        foreach (var equation in _graph.Equations)
        {
            if (equation.Primitive.MutatesInputs
                || (equation.Overwrites is { } operand && given.Contains(equation.Inputs[operand]))
                || equation.Inputs.OfType<Var>().Any(input => _makers.TryGetValue(input, out var maker) && late.Contains(maker)))
            {
                late.Add(equation);
            }
        }

        return late;
    }

    /// <summary>Gives each equation the first stage of its kind that comes after all that it reads.</summary>
    private void Assign()
    {
        var last = 0;
        foreach (var equation in _graph.Equations.Where(equation => !_late.Contains(equation)))
        {
            last = Math.Max(last, _stages[equation] = Next(FirstOf(equation), IsChosen(equation)));
        }

        foreach (var equation in _graph.Equations.Where(_late.Contains))
        {
            _stages[equation] = Next(last, isChosen: false);
        }

        int FirstOf(Equation equation) => equation.Inputs.OfType<Var>()
            .Select(input => _makers.TryGetValue(input, out var maker) ? _stages[maker] : 0).DefaultIfEmpty().Max();

        static int Next(int stage, bool isChosen) => stage % 2 == (isChosen ? 1 : 0) ? stage : stage + 1;
    }

    /// <summary>The chosen equations of a stage that read each other's results.</summary>
    private List<List<Equation>> Groups()
    {
        var groups = new List<List<Equation>>();
        var seen = new HashSet<Equation>(ReferenceEqualityComparer.Instance);
        foreach (var first in _graph.Equations.Where(IsChosen))
        {
            if (!seen.Add(first))
            {
                continue;
            }

            var group = new List<Equation> { first };
            for (var i = 0; i < group.Count; i++)
            {
                var neighbours = group[i].Outputs.SelectMany(UsersOf)
                    .Concat(group[i].Inputs.OfType<Var>().Select(input => _makers.GetValueOrDefault(input)).OfType<Equation>());
                group.AddRange(neighbours.Where(other => IsChosen(other) && _stages[other] == _stages[first] && seen.Add(other)));
            }

            groups.Add(group);
        }

        return groups;
    }

    /// <summary>What a group saves. One pass alone is as long here as there, but for what is computed on the way.</summary>
    private static double SavedBy(List<Equation> group, MachineCosts costs)
    {
        Equation[] passes = [.. group.Where(equation => !equation.Primitive.IsView)];
        return passes.Length == 0 || (passes.Length == 1 && VectorPolicy.IsAtMemorySpeed(passes[0])) ? -1
            : -passes.Sum(equation => VectorPolicy.LostBy(equation, costs)) - SecondsOfCut;
    }

    private IEnumerable<Equation> UsersOf(Var value) => _users.TryGetValue(value, out var users) ? users : [];
}
