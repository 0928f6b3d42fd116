using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Sums, means and norms of outer products are computed from their factors, so that the products, such as the gradients of a weight for
/// each sample, need not exist: the sum of (a ⊗ b)² is that of a² times that of b² (Goodfellow 2015, "Efficient per-example gradient
/// computations"), and the sum over samples of c (a ⊗ b) is one matrix product. The gradients of sequences are sums of outer products
/// (Li et al. 2021, "Large language models can be strong differentially private learners").
/// </summary>
internal sealed class OuterProducts
{
    // No one writes longer chains of views and factors; the search is recursive.
    private const int LongestChain = 32;

    private readonly Dictionary<Tensor, OuterProduct?> _known = new(ReferenceEqualityComparer.Instance);

    public static Graph Run(Graph graph)
    {
        var rewritten = GraphReplay.Rewrite(graph, new OuterProducts().Rewrite);
        return ReferenceEquals(rewritten, graph) ? graph : AlgebraicCleanup.Run(rewritten);
    }

    private IReadOnlyList<Tensor>? Rewrite(GraphReplay replay, Equation equation, Tensor[] x)
    {
        if (equation.Outputs[0].Type is not { DType: DType.Float32 or DType.Float64 } type)
        {
            return null;
        }

        var value = equation.Primitive == F.Sum ? SumOf(replay, F.Sum.SettingsOf(equation), x[0], type)
            : equation.Primitive == F.Mean ? SumOf(replay, F.Mean.SettingsOf(equation), x[0], type) is { } sum
                ? sum / (x[0].numel() / (double)type.Shape.NumElements)
                : null
            : equation.Primitive == F.Norm && F.Norm.SettingsOf(equation) is { Ord: 2 } norm
                ? Find(replay, x[0])?.Squared()?.Sum(Counted(norm.Dims, x[0]), type.Shape) is { } squares ? F.sqrt(squares) : null
            : equation.Primitive == F.MatMul ? Weighted(replay, x[0], x[1], type.Shape)
            : null;
        return value is null ? null : [value];
    }

    private Tensor? SumOf(GraphReplay replay, SumSettings settings, Tensor x, TensorType type) =>
        settings.DType == x.dtype && type.Shape.NumElements > 0 ? Find(replay, x)?.Sum(Counted(settings.Dims, x), type.Shape) : null;

    /// <summary>A vector times a matrix, or a matrix times a vector.</summary>
    private Tensor? Weighted(GraphReplay replay, Tensor left, Tensor right, Shape shape)
    {
        if (right.ndim == 2 && (left.ndim == 1 || (left.ndim == 2 && left.shape[0] == 1)))
        {
            return Find(replay, right)?.Scaled(F.reshape(left, left.numel(), 1), F.mul)?.Sum([0], shape);
        }

        return left.ndim == 2 && (right.ndim == 1 || (right.ndim == 2 && right.shape[1] == 1))
            ? Find(replay, left)?.Scaled(F.reshape(right, 1, right.numel()), F.mul)?.Sum([1], shape)
            : null;
    }

    /// <summary>The outer product that a value is.</summary>
    private OuterProduct? Find(GraphReplay replay, Tensor value, int depth = 0)
    {
        if (!_known.TryGetValue(value, out var product))
        {
            product = depth < LongestChain && value.dtype is DType.Float32 or DType.Float64 && replay.DefinitionOf(value) is { } op
                ? OfOp(replay, op, value, depth + 1)
                : null;
            _known.Add(value, product);
        }

        return product;
    }

    private OuterProduct? OfOp(GraphReplay replay, RecordedOp op, Tensor value, int depth)
    {
        var (kind, x) = (op.Primitive, op.Inputs);
        return kind == F.Mul ? OfProduct(replay, x[0], x[1], value, depth)
            : kind == F.Div ? Find(replay, x[0], depth)?.Scaled(x[1], F.div)
            : kind == F.Neg ? Find(replay, x[0], depth)?.Scaled(-1, F.mul)
            : kind == F.Square || (kind == F.Pow && x[1].Number?.ToDouble() == 2) ? Find(replay, x[0], depth)?.Squared()
            : kind == F.Reshape ? Find(replay, x[0], depth)?.Reshaped(value.shape)
            : kind == F.Permute ? Find(replay, x[0], depth)?.Permuted(
                Shapes.NormalizeDims("permute", F.Permute.SettingsOf(op).Dims.AsSpan(), value.ndim))
            : kind == F.MatMul ? OuterProduct.OfMatrices(x[0], x[1])
            : null;
    }

    private OuterProduct? OfProduct(GraphReplay replay, Tensor left, Tensor right, Tensor value, int depth)
    {
        if (ReferenceEquals(left, right))
        {
            return Find(replay, left, depth)?.Squared();
        }

        return Find(replay, left, depth)?.Scaled(right, F.mul) ?? Find(replay, right, depth)?.Scaled(left, F.mul)
            ?? (left.Number is null && right.Number is null && left.dtype == right.dtype
                ? OuterProduct.OfFactors(Spread(replay, left), Spread(replay, right), value.shape)
                : null);
    }

    /// <summary>What is spread over the dims of a factor.</summary>
    private static Tensor Spread(GraphReplay replay, Tensor factor) => replay.DefinitionOf(factor, F.Expand)?.Inputs[0] ?? factor;

    private static IEnumerable<int> Counted(Shape dims, Tensor x) => dims.Select(d => (int)(d < 0 ? d + x.ndim : d));
}
