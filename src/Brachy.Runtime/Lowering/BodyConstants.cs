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
        var captured = new List<Constant>();
        foreach (var constant in bodies.SelectMany(body => body.Constants))
        {
            AddOnce(captured, constant);
        }

        return equation with
        {
            Settings = settings.WithBodies([.. bodies.Select(body => WithInputs(body, captured))]),
            Inputs = [.. equation.Inputs, .. captured.Select(
                constant => AddOnce(constants, new Constant(new Var(constant.Value.Type), constant.Value)).Var)],
        };
    }

    /// <returns>The one that is there, or the one that was added.</returns>
    private static Constant AddOnce(List<Constant> constants, Constant constant)
    {
        if (constants.Find(constant.IsSameAs) is { } known)
        {
            return known;
        }

        constants.Add(constant);
        return constant;
    }

    private static Graph WithInputs(Graph body, List<Constant> captured) => body with
    {
        Inputs = [.. body.Inputs, .. captured.Select(
            constant => body.Constants.FirstOrDefault(constant.IsSameAs)?.Var ?? new Var(constant.Value.Type))],
        Constants = [],
    };
}
