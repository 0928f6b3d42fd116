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
    private const double LostPerMultiplyAdd = 0.1e-9;

    // Products of so many rows run in tiles and on several threads, about as fast as libtorch's, and better kept small; a linear map turns
    // its weights first. What goes over its elements once, as fast as they can be read, loses little while they are in the cache, and so
    // do steps of optimizers. Measured with training steps of perceptrons of three layers, 64 to 1,024 wide, of
    // 8 to 512 samples, on 2 cores of an Intel Xeon (Emerald Rapids, AVX-512, 2 MB of cache each): vector code takes 0.3 to 0.9 of the
    // time up to 512 wide and 128 samples, and 2 times of it with 1,024.
    private const int FewestRowsOfTiles = 4;
    private const double LostPerMultiplyAddOfTiles = 0.0007e-9;
    private const double LostPerTurnedWeight = 0.05e-9;
    private const double LostPerElementRead = 0.05e-9;
    private const double LostPerElementOfMemory = 0.2e-9;
    private const double MostElementsOfCache = 1 << 19;
    private const double LostPerElementOfUpdate = 0.012e-9;

    // In the body of a loop, which libtorch's interpreter runs again and again: recurrent layers of 64 steps, 1 to 16 sequences and 32 to
    // 128 values. Those products wait for no thread, and that of one row waits for memory only.
    private const double SavedPerPlainOperatorOfBody = 1.1e-6;
    private const double LostPerMultiplyAddOfRowInBody = 0.02e-9;

    // What one thread and plain loops may lose, at most, for each element that is read or written.
    private const double LostPerElement = 1e-9;
    private const double LostPerElementInOrder = 100e-9;

    private static readonly HashSet<Primitive> s_atMemorySpeed =
    [
        F.Add, F.Sub, F.Mul, F.Div, F.Neg, F.Abs, F.Square, F.Sqrt, F.Maximum, F.Minimum, F.Relu, F.Clamp, F.Sum, F.Mean, F.Clone,
        F.ThresholdBackward, F.LeakyReluBackward, F.HardtanhBackward, F.HardswishBackward, F.SigmoidBackward, F.TanhBackward,
    ];

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
        if (!isBodyOfLoop && equation.Settings is ForeachSettings)
        {
            return new(1, SavedPerOperator, cost.Elements * LostPerElementOfUpdate);
        }

        if (!isBodyOfLoop && IsOfTiles(equation))
        {
            var turned = equation.Primitive == F.Linear ? equation.Inputs[1].Type.Shape.NumElements : 0;
            return new(1, SavedPerOperator, (cost.MultiplyAdds * LostPerMultiplyAddOfTiles) + (turned * LostPerTurnedWeight));
        }

        if (cost.MultiplyAdds > 0)
        {
            return isBodyOfLoop && cost.MultiplyAdds <= cost.Elements
                ? new(1, SavedPerPlainOperatorOfBody, cost.MultiplyAdds * LostPerMultiplyAddOfRowInBody)
                : new(1, isBodyOfLoop ? SavedPerPlainOperatorOfBody : SavedPerOperator, cost.MultiplyAdds * LostPerMultiplyAdd);
        }

        var isPlain = isBodyOfLoop && equation.Primitive.BatchingRule == Batching.Elementwise;
        return new(
            1, isPlain ? SavedPerPlainOperatorOfBody : SavedPerOperator,
            cost.Elements * (VectorKernels.InOrder.Contains(equation.Primitive.Name) ? LostPerElementInOrder
                : !isBodyOfLoop && s_atMemorySpeed.Contains(equation.Primitive)
                    ? cost.Elements > MostElementsOfCache ? LostPerElementOfMemory : LostPerElementRead
                : LostPerElement));
    }

    /// <summary>Whether an equation is a matrix product that runs in tiles.</summary>
    private static bool IsOfTiles(Equation equation)
    {
        if (equation.Inputs is not [{ Type.Shape: var shape }, ..])
        {
            return false;
        }

        return equation.Primitive == F.Linear
            ? shape.Rank > 1 && shape.SkipLast(1).Aggregate(1L, (rows, size) => rows * size) >= FewestRowsOfTiles
            : equation.Primitive == F.MatMul ? shape.Rank == 2 && shape[0] >= FewestRowsOfTiles
            : equation.Primitive == F.AddMatMul && equation.Inputs[1].Type.Shape is { Rank: 2 } left && left[0] >= FewestRowsOfTiles;
    }

    /// <summary>What vector code saves and loses, in seconds.</summary>
    private readonly record struct Balance(double Operators, double Saved, double Lost)
    {
        public static Balance operator +(Balance left, Balance right) =>
            new(left.Operators + right.Operators, left.Saved + right.Saved, left.Lost + right.Lost);

        public Balance Times(double runs) => new(runs * Operators, runs * Saved, runs * Lost);
    }
}
