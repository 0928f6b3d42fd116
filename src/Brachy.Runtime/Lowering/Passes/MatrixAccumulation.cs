namespace Brachy.Compilation;

/// <summary>
/// Lets a matrix product add to what it would be added to afterwards, such as the gradients of a weight that is used twice.
/// </summary>
internal static class MatrixAccumulation
{
    public static Graph Run(Graph graph) => GraphReplay.Rewrite(graph, (replay, equation, x) =>
        equation.Primitive != F.Add ? null : Accumulate(replay, x[0], x[1]) ?? Accumulate(replay, x[1], x[0]));

    private static IReadOnlyList<Tensor>? Accumulate(GraphReplay replay, Tensor sum, Tensor value)
    {
        // libtorch's products that add are for real numbers; sums of integer products stay as they are.
        if (sum.Number is not null || !sum.dtype.IsFloatingPoint() || !sum.Type.Equals(value.Type) || !replay.IsUsedOnce(value))
        {
            return null;
        }

        if (value.ndim == 2 && replay.DefinitionOf(value, F.Linear) is { Inputs: [var rows, var weight] })
        {
            return [F.add_matmul(sum, rows, F.permute(weight, 1, 0))];
        }

        if (replay.DefinitionOf(value, F.MatMul) is not { Inputs: var product } || !product.All(factor => factor.ndim == value.ndim))
        {
            return null;
        }

        return value.ndim == 2 || (value.ndim == 3 && product[0].shape[0] == product[1].shape[0])
            ? [F.add_matmul(sum, product[0], product[1])]
            : null;
    }
}
