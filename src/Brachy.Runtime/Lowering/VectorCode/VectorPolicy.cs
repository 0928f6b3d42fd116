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

    // What one thread and plain loops may lose, at most, for each element that is read or written.
    private const double LostPerElement = 1e-9;
    private const double LostPerElementInOrder = 100e-9;

    /// <param name="graph">The graph.</param>
    /// <param name="copiedElements">How many elements are copied on the way from one layout to another.</param>
    public static bool IsFaster(Graph graph, long copiedElements = 0)
    {
        var operators = graph.Equations.Count(equation => !equation.Primitive.IsView);
        return operators >= FewestOperators && operators * SavedPerOperator > graph.Equations.Sum(Lost) + (copiedElements * LostPerElement);
    }

    private static double Lost(Equation equation)
    {
        if (equation.Primitive.IsView)
        {
            return 0;
        }

        if (ThreadPolicy.Products(equation) is > 0 and var operations)
        {
            return operations * LostPerOperation;
        }

        var isInOrder = equation.Primitive == F.Sort || equation.Primitive == F.TopK;
        return Elements(equation) * (isInOrder ? LostPerElementInOrder : LostPerElement);
    }

    /// <summary>The number of elements read and written. Of a table only the rows that are named count.</summary>
    private static double Elements(Equation equation)
    {
        if (equation.Primitive == F.IndexPut && equation.Overwrites is not null)
        {
            return equation.Inputs[1].Type.Shape.NumElements;
        }

        var isTable = equation.Primitive == F.Embedding || equation.Primitive == F.IndexSelect;
        return equation.Outputs.Sum(o => (double)o.Type.Shape.NumElements) + equation.Inputs.Skip(isTable ? 1 : 0).Sum(i => (double)i.Type.Shape.NumElements);
    }
}
