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

    // Products of so many rows run in tiles and on several threads, about as fast as libtorch's, and better kept small; a linear map turns
    // its weights first. What goes over its elements once, as fast as they can be read, loses little while they are in the cache, and so
    // do steps of optimizers.
    private const int FewestRowsOfTiles = 4;
    private const double LostPerTurnedWeight = 0.05e-9;
    private const double MostElementsOfCache = 1 << 19;
    private const double LostPerElementOfUpdate = 0.012e-9;

    // Copies save nothing, however much faster functions of elements are: reading and writing takes at least that long.
    private const double LeastPerCopiedElement = 0.2e-9;

    // In the body of a loop, which libtorch's interpreter runs again and again: recurrent layers of 64 steps, 1 to 16 sequences and 32 to
    // 128 values. Those products wait for no thread, and that of one row waits for memory only.
    private const double SavedPerPlainOperatorOfBody = 1.1e-6;
    private const double LostPerMultiplyAddOfRowInBody = 0.02e-9;

    private static readonly HashSet<Primitive> s_atMemorySpeed =
    [
        F.Add, F.Sub, F.Mul, F.Div, F.Neg, F.Abs, F.Square, F.Sqrt, F.Maximum, F.Minimum, F.Relu, F.Clamp, F.Sum, F.Mean,
        F.ThresholdBackward, F.LeakyReluBackward, F.HardtanhBackward, F.HardswishBackward, F.SigmoidBackward, F.TanhBackward,
    ];

    // What only copies runs of elements, as fast as they can be read, in the body of a loop too.
    private static readonly HashSet<Primitive> s_copies =
        [F.Clone, F.Cat, F.Stack, F.Pad, F.SliceScatter, F.IndexPut, F.IndexSelect, F.Embedding];

    /// <param name="graph">The graph.</param>
    /// <param name="copiedElements">How many elements are copied on the way from one layout to another.</param>
    public static bool IsFaster(Graph graph, long copiedElements = 0)
    {
        // Costs may have to be measured first.
        if (Of(graph, MachineCosts.Fixed, isBodyOfLoop: false).Operators < FewestOperators)
        {
            return false;
        }

        var costs = MachineCosts.Current;
        var total = Of(graph, costs, isBodyOfLoop: false);
        return total.Saved > total.Lost + (copiedElements * Math.Max(LeastPerCopiedElement, costs[MachineCost.LostPerElement]));
    }

    /// <summary>The seconds that vector code should take less for a run.</summary>
    public static double SavedBy(Graph graph)
    {
        var total = Of(graph, MachineCosts.Current, isBodyOfLoop: false);
        return total.Saved - total.Lost;
    }

    /// <summary>The seconds that vector code takes longer for the elements of an equation; negative where it is faster.</summary>
    public static double LostBy(Equation equation, MachineCosts costs) =>
        equation.Cost.MultiplyAdds > 0 || equation.Bodies.Count > 0 || equation.Primitive.IsView ? 0
        : equation.Cost.Elements * LostPerElement(equation, costs, isBodyOfLoop: false);

    /// <summary>Whether an equation goes over its elements as fast as they can be read.</summary>
    public static bool IsAtMemorySpeed(Equation equation) =>
        s_copies.Contains(equation.Primitive) || s_atMemorySpeed.Contains(equation.Primitive);

    private static Balance Of(Graph graph, MachineCosts costs, bool isBodyOfLoop)
    {
        var total = default(Balance);
        foreach (var equation in graph.Equations)
        {
            if (equation.Settings is BodySettings settings)
            {
                var isLoop = isBodyOfLoop || equation.Primitive != F.Switch;
                for (var i = 0; i < settings.Bodies.Count; i++)
                {
                    total += Of(settings.Bodies[i], costs, isLoop).Times(settings.RunsOf(i));
                }
            }
            else if (!equation.Primitive.IsView)
            {
                // What a view copies is counted by the compiler, which knows the layouts.
                total += Of(equation, costs, isBodyOfLoop);
            }
        }

        return total;
    }

    private static Balance Of(Equation equation, MachineCosts costs, bool isBodyOfLoop)
    {
        var (cost, savedPerOperator) = (equation.Cost, costs[MachineCost.SavedPerOperator]);
        if (!isBodyOfLoop && equation.Settings is ForeachSettings)
        {
            return new(1, savedPerOperator, cost.Elements * LostPerElementOfUpdate);
        }

        if (!isBodyOfLoop && IsOfTiles(equation))
        {
            var turned = equation.Primitive == F.Linear ? equation.Inputs[1].Type.Shape.NumElements : 0;
            return new(
                1, savedPerOperator,
                (cost.MultiplyAdds * costs[MachineCost.LostPerMultiplyAddOfTiles]) + (turned * LostPerTurnedWeight));
        }

        if (equation.Primitive == F.Convolution || equation.Primitive == F.ConvolutionBackward)
        {
            return new(1, savedPerOperator, -cost.MultiplyAdds * costs[MachineCost.SavedPerMultiplyAddOfTrainedConvolution]);
        }

        if (cost.MultiplyAdds > 0)
        {
            return isBodyOfLoop && cost.MultiplyAdds <= cost.Elements
                ? new(1, SavedPerPlainOperatorOfBody, cost.MultiplyAdds * LostPerMultiplyAddOfRowInBody)
                : new(
                    1, isBodyOfLoop ? SavedPerPlainOperatorOfBody : savedPerOperator,
                    cost.MultiplyAdds * costs[MachineCost.LostPerMultiplyAdd]);
        }

        var isPlain = isBodyOfLoop && equation.Primitive.BatchingRule == Batching.Elementwise;
        return new(
            1, isPlain ? SavedPerPlainOperatorOfBody : savedPerOperator,
            cost.Elements * LostPerElement(equation, costs, isBodyOfLoop));
    }

    private static double LostPerElement(Equation equation, MachineCosts costs, bool isBodyOfLoop)
    {
        var isAtMemorySpeed = s_copies.Contains(equation.Primitive)
            || (!isBodyOfLoop && s_atMemorySpeed.Contains(equation.Primitive));
        var lost = costs[
            !isAtMemorySpeed ? MachineCost.LostPerElement
            : equation.Cost.Elements > MostElementsOfCache ? MachineCost.LostPerElementOfMemory : MachineCost.LostPerElementInCache];

        // What a body computes is too small for what chains of large values gain.
        return isBodyOfLoop ? Math.Max(0, lost) : lost;
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
