using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Makes the constants of bodies operands of their equations, so that only the whole graph has constants.</summary>
internal static class BodyConstants
{
    public static Graph Lift(Graph graph)
    {
        if (graph.Equations.All(equation => equation.Bodies.Count == 0))
        {
            return graph;
        }

        var constants = new DistinctConstants(graph.Constants);
        return graph with { Equations = [.. graph.Equations.Select(equation => Lift(equation, constants))], Constants = constants.All };
    }

    private static Equation Lift(Equation equation, DistinctConstants constants)
    {
        if (equation.Settings is not BodySettings settings)
        {
            return equation;
        }

        Graph[] bodies = [.. settings.Bodies.Select(Lift)];
        var captured = new DistinctConstants([]);
        foreach (var constant in bodies.SelectMany(body => body.Constants))
        {
            captured.Add(constant);
        }

        return equation with
        {
            Settings = settings.WithBodies([.. bodies.Select(body => WithInputs(body, captured.All))]),
            Inputs = [.. equation.Inputs, .. captured.All.Select(
                constant => constants.Add(new Constant(new Var(constant.Value.Type), constant.Value)).Var)],
        };
    }

    private static Graph WithInputs(Graph body, IReadOnlyList<Constant> captured)
    {
        // Two tensors over the same memory are one.
        var own = new DistinctConstants(body.Constants);
        var twins = body.Constants.Where(constant => own.Find(constant) != constant)
            .ToDictionary(constant => (Atom)constant.Var, constant => (Atom)own.Find(constant)!.Var);
        Atom[] Replaced(IReadOnlyList<Atom> atoms) => [.. atoms.Select(atom => twins.GetValueOrDefault(atom, atom))];
        return body with
        {
            Inputs = [.. body.Inputs, .. captured.Select(constant => own.Find(constant)?.Var ?? new Var(constant.Value.Type))],
            Constants = [],
            Equations = twins.Count == 0
                ? body.Equations
                : [.. body.Equations.Select(equation => equation with { Inputs = Replaced(equation.Inputs) })],
            Outputs = Replaced(body.Outputs),
        };
    }

    /// <summary>Constants that grow in number, found by what they are.</summary>
    private sealed class DistinctConstants
    {
        private readonly List<Constant> _all;
        private readonly Dictionary<object, Constant> _known = [];

        /// <param name="all">The first ones, which stay as they are.</param>
        public DistinctConstants(IReadOnlyList<Constant> all)
        {
            _all = [.. all];
            _all.ForEach(constant => _known.TryAdd(constant.Identity, constant));
        }

        public IReadOnlyList<Constant> All => _all;

        public Constant? Find(Constant constant) => _known.GetValueOrDefault(constant.Identity);

        /// <returns>The one that is there, or the one that was added.</returns>
        public Constant Add(Constant constant)
        {
            if (Find(constant) is { } known)
            {
                return known;
            }

            _all.Add(constant);
            _known.Add(constant.Identity, constant);
            return constant;
        }
    }
}
