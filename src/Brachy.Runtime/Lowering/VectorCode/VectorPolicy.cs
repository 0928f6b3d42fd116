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
    // product that one thread takes longer than two.
    private const double SavedPerOperator = 8e-6;
    private const double LostPerMultiplyAdd = 0.0e-9;

    // In the body of a loop, which libtorch's interpreter runs again and again: recurrent layers of 64 steps, 1 to 16 sequences and 32 to
    // 128 values. Those products wait for no thread, and that of one row waits for memory only.
    private const double SavedPerPlainOperatorOfBody = 1.1e-6;
    private const double LostPerMultiplyAddOfRowInBody = 0.02e-9;

    // What one thread and plain loops may lose, at most, for each element that is read or written.
    private const double LostPerElement = 0.0e-9;
    private const double LostPerElementInOrder = 100e-9;

    /// <param name="graph">The graph.</param>
    /// <param name="copiedElements">How many elements are copied on the way from one layout to another.</param>
    public static bool IsFaster(Graph graph, long copiedElements = 0)
    {
        var total = Of(graph, isBodyOfLoop: false);
        return total.Operators >= FewestOperators && total.Saved > total.Lost + (copiedElements * LostPerElement);
    }

    private static Balance Of(Graph graph, bool isBodyOfLoop)
    {
        var total = default(Balance);
        foreach (var equation in graph.Equations)
        {
            if (equation.Settings is BodySettings settings)
            {
                var isLoop = isBodyOfLoop || equation.Primitive != F.Switch;
                for (var i = 0; i < settings.Bodies.Count; i++)
                {
                    total += Of(settings.Bodies[i], isLoop).Times(settings.RunsOf(i));
                }
            }
            else if (!equation.Primitive.IsView)
            {
                // What a view copies is counted by the compiler, which knows the layouts.
                total += Of(equation, isBodyOfLoop);
            }
        }

        return total;
    }

    private static Balance Of(Equation equation, bool isBodyOfLoop)
    {
        var cost = equation.Cost;
        if (cost.MultiplyAdds > 0)
        {
            return isBodyOfLoop && cost.MultiplyAdds <= cost.Elements
                ? new(1, SavedPerPlainOperatorOfBody, cost.MultiplyAdds * LostPerMultiplyAddOfRowInBody)
                : new(1, isBodyOfLoop ? SavedPerPlainOperatorOfBody : SavedPerOperator, cost.MultiplyAdds * LostPerMultiplyAdd);
        }

        var isPlain = isBodyOfLoop && equation.Primitive.BatchingRule == Batching.Elementwise;
        return new(
            1, isPlain ? SavedPerPlainOperatorOfBody : SavedPerOperator,
            cost.Elements * (VectorKernels.InOrder.Contains(equation.Primitive.Name) ? LostPerElementInOrder : LostPerElement));
    }

    /// <summary>What vector code saves and loses, in seconds.</summary>
    private readonly record struct Balance(double Operators, double Saved, double Lost)
    {
        public static Balance operator +(Balance left, Balance right) =>
            new(left.Operators + right.Operators, left.Saved + right.Saved, left.Lost + right.Lost);

        public Balance Times(double runs) => new(runs * Operators, runs * Saved, runs * Lost);
    }
}
