using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Decides which graphs run as vector code: those of many operators so small that what libtorch does around each (dispatch, allocation,
/// waking threads) takes longer than the second thread and better matrix kernels save.
/// </summary>
internal static class VectorPolicy
{
    // With fewer operators there is nothing to gain that anyone would notice.
    private const int FewestOperators = 16;

    // Measured on AVX-512: 8 µs for each operator through libtorch (with the views around it), and about 0.1 ns for each multiply-add of a
    // product of one row that one thread takes longer than two.
    private const double SavedPerOperator = 8e-6;
    private const double LostPerMultiplyAdd = 0.1e-9;

    // What one thread and plain loops may lose, at most, for each element that is read or written.
    private const double LostPerElement = 1e-9;
    private const double LostPerElementInOrder = 100e-9;

    /// <param name="graph">The graph.</param>
    /// <param name="copiedElements">How many elements are copied on the way from one layout to another.</param>
    public static bool IsFaster(Graph graph, long copiedElements = 0)
    {
        var operators = Operators(graph);
        return operators >= FewestOperators && operators * SavedPerOperator > Lost(graph) + (copiedElements * LostPerElement);
    }

    /// <summary>How many operators run.</summary>
    private static double Operators(Graph graph) => graph.Equations.Sum(equation => equation.Settings is BodySettings settings
        ? settings.Bodies.Select((body, i) => settings.RunsOf(i) * Operators(body)).Sum()
        : equation.Primitive.IsView ? 0 : 1);

    private static double Lost(Graph graph) => graph.Equations.Sum(equation => equation.Settings is BodySettings settings
        ? settings.Bodies.Select((body, i) => settings.RunsOf(i) * Lost(body)).Sum()
        : Lost(equation));

    private static double Lost(Equation equation)
    {
        // What a view copies is counted by the compiler, which knows the layouts.
        if (equation.Primitive.IsView)
        {
            return 0;
        }

        var cost = equation.Cost;
        return cost.MultiplyAdds > 0 ? cost.MultiplyAdds * LostPerMultiplyAdd
            : cost.Elements * (VectorKernels.InOrder.Contains(equation.Primitive) ? LostPerElementInOrder : LostPerElement);
    }
}
