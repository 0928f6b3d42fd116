using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy.IO.Onnx;

/// <summary>Takes ops without a rule apart into those that they are equal to: the ones that their gradients are taken by.</summary>
internal static class Decomposition
{
    // An op may be made of others that are taken apart.
    private const int MostRounds = 4;

    private static readonly Pass s_pass = new("decomposition", graph =>
    {
        for (var round = 0; round < MostRounds && graph.Equations.Any(equation => IsTakenApart(equation.Primitive)); round++)
        {
            graph = GraphReplay.Rewrite(graph, (_, equation, operands) => IsTakenApart(equation.Primitive)
                ? Parts(equation, operands) : null);
        }

        return graph;
    });

    /// <summary>Whether an op is taken apart.</summary>
    public static bool IsTakenApart(Primitive primitive) =>
        !OnnxRules.All.ContainsKey(primitive) && primitive.VjpRule.Decomposition is not null;

    /// <summary>The graph, bodies too, with the parts in place of the ops.</summary>
    public static Graph Run(Graph graph)
    {
        var inSteps = LayersInSteps.Run(graph);
        return s_pass.RunDeep(inSteps, new bool[inSteps.Inputs.Count]);
    }

    private static Tensor[]? Parts(Equation equation, Tensor[] operands)
    {
        var needed = Enumerable.Repeat(true, operands.Length).ToArray();
        var args = equation.Primitive.VjpArgsOf(equation.Settings, operands, needed);
        var parts = equation.Primitive.VjpRule.Decomposition!(args);
        return parts.Length < equation.Outputs.Count
            ? null
            : [.. equation.Outputs.Select((output, i) => F.expand(F.to(parts[i], output.Type.DType), output.Type.Shape))];
    }
}
