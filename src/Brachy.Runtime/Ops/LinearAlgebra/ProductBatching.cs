using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Batches of matrix products: one product, as large as it can be, in which nothing is repeated that all samples share.</summary>
internal static class ProductBatching
{
    /// <summary>Those of <see cref="F.matmul"/>.</summary>
    public static Batching MatMul { get; } = Batching.Rule(x => x.InShape(
        !x.IsBatched(1) ? OfLeft(x[0], x.Types[0].Rank, x[1])
            : !x.IsBatched(0) ? OfRight(x[0], x[1], x.Types[1].Rank)
            : OfBoth(x), 0));

    /// <summary>Those of <see cref="F.linear"/>.</summary>
    public static Batching Linear { get; } = Batching.Rule(x =>
    {
        var hasBias = x.Count == 3;
        if (!x.IsBatched(1))
        {
            return !hasBias ? linear(x[0], x[1])
                : !x.IsBatched(2) ? linear(x[0], x[1], x[2])
                : linear(x[0], x[1]) + x.Aligned(2, x.Types[0].Rank);
        }

        long size = x.Size, width = x.Types[1].Shape[0], inner = x.Types[1].Shape[1];
        if (!x.IsBatched(0))
        {
            // The weights of all samples are the rows of one.
            var all = linear(
                x[0], reshape(x[1], size * width, inner), hasBias ? reshape(x.Expanded(2), size * width) : null);
            return movedim(reshape(all, [.. Outer(x[0].shape, 1), size, width]), -2, 0);
        }

        // The bias is added before the shape is restored, so that both become one kernel.
        var product = matmul(reshape(x[0], size, Product(Outer(x.Types[0].Shape, 1)), inner), transpose(x[1], 1, 2));
        return x.InShape(hasBias ? product + x.Aligned(2, 2) : product, 0);
    });

    private static Tensor OfLeft(Tensor left, int rank, Tensor right)
    {
        if (right.ndim <= 2)
        {
            return matmul(left, right);
        }

        if (rank > 2)
        {
            return matmul(Aligned(left, rank, right.ndim), right);
        }

        // The rows of all samples are those of one matrix.
        var product = matmul(rank == 1 ? left : FoldedBatching.Fold(left), right);
        var outer = Outer(product.shape, 2);
        return movedim(
            reshape(product, [.. outer, left.shape[0], .. rank == 1 ? Array.Empty<long>() : [left.shape[1]], product.shape[^1]]),
            outer.Length, 0);
    }

    private static Tensor OfRight(Tensor left, Tensor right, int rank) => (left.ndim, rank) switch
    {
        (1, 1) => matmul(right, left),
        (1, _) => matmul(left, right),
        (2, 1) => matmul(right, transpose(left, 0, 1)),
        (2, _) => matmul(left, right),
        (_, 1) => movedim(matmul(left, transpose(right, 0, 1)), -1, 0),
        (_, 2) => matmul(MatrixProducts.Rows(left), right),
        _ => matmul(left, Aligned(right, rank, left.ndim)),
    };

    private static Tensor OfBoth(BatchArgs x)
    {
        var (a, b) = (x.Types[0].Rank, x.Types[1].Rank);
        var left = a == 1 ? unsqueeze(x[0], -2) : x[0];
        var right = b == 1 ? unsqueeze(x[1], -1) : x[1];
        if (b <= 2)
        {
            return matmul(reshape(left, x.Size, Product(Outer(left.shape, 1)[1..]), left.shape[^1]), right);
        }

        var rank = Math.Max(left.ndim, right.ndim) - 1;
        return matmul(Aligned(left, left.ndim - 1, rank), Aligned(right, right.ndim - 1, rank));
    }

    /// <summary>A batch with dims of size 1 behind it.</summary>
    private static Tensor Aligned(Tensor x, int rank, int wanted) =>
        rank >= wanted ? x : reshape(x, [x.shape[0], .. Enumerable.Repeat(1L, wanted - rank), .. x.shape.Skip(1)]);

    private static long[] Outer(Shape shape, int last) => [.. shape.Take(shape.Rank - last)];

    private static long Product(long[] sizes) => sizes.Aggregate(1L, (a, b) => a * b);
}
