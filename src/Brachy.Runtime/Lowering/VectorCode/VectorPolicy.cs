namespace Brachy;

/// <summary>
/// Decides which graphs run as vector code: those of many operators so small that what libtorch does around each (dispatch, allocation, waking
/// threads) takes longer than the second thread and better matrix kernels save.
/// </summary>
internal static class VectorPolicy
{
    // With fewer operators there is nothing to gain that anyone would notice.
    private const int FewestOperators = 16;

    // Measured on AVX-512: 8 µs for each operator through libtorch (with the views around it), and about 0.05 ns for each operation of a product of one row that one
    // thread takes longer than two.
    private const double SavedPerOperator = 8e-6;
    private const double LostPerOperation = 0.05e-9;
    private const double LostPerElement = 0.2e-9;

    public static bool IsFaster(Graph graph)
    {
        var operators = graph.Equations.Count(equation => !equation.Primitive.IsView);
        return operators >= FewestOperators && operators * SavedPerOperator > graph.Equations.Sum(Lost);
    }

    private static double Lost(Equation equation) =>
        equation.Primitive.IsView || equation.Overwrites is not null ? 0
        : Math.Max(ThreadPolicy.Products(equation) * LostPerOperation, equation.Outputs.Sum(o => o.Type.Shape.NumElements) * LostPerElement);
}
