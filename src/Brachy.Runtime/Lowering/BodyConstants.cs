using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Makes the constants of bodies operands of their equations, so that only the whole graph has constants.</summary>
internal static class BodyConstants
{
    public static Graph Lift(Graph graph)
    {
        var constants = graph.Constants.ToList();
        return graph.Equations.All(equation => equation.Bodies.Count == 0)
            ? graph
            : graph with { Equations = [.. graph.Equations.Select(equation => Lift(equation, constants))], Constants = constants };
    }

    private static Equation Lift(Equation equation, List<Constant> constants)
    {
        if (equation.Settings is not BodySettings settings)
        {
            return equation;
        }

        Graph[] bodies = [.. settings.Bodies.Select(Lift)];
        Tensor[] captured =
            [.. bodies.SelectMany(body => body.Constants).Select(c => c.Value).Distinct<Tensor>(ReferenceEqualityComparer.Instance)];
        return equation with
        {
            Settings = settings.WithBodies([.. bodies.Select(body => WithInputs(body, captured))]),
            Inputs = [.. equation.Inputs, .. captured.Select(OfWhole)],
        };

        Var OfWhole(Tensor value)
        {
            if (constants.Find(c => ReferenceEquals(c.Value, value)) is not { } constant)
            {
                constants.Add(constant = new Constant(new Var(value.Type), value));
            }

            return constant.Var;
        }
    }

    private static Graph WithInputs(Graph body, Tensor[] captured) => body with
    {
        Inputs = [.. body.Inputs, .. captured.Select(
            value => body.Constants.FirstOrDefault(c => ReferenceEquals(c.Value, value))?.Var ?? new Var(value.Type))],
        Constants = [],
    };
}
