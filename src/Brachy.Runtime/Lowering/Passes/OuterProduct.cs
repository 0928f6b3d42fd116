using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// A value that is a product of two smaller ones, each without a dim of it, or a sum of such products. It is known by its factors, and what
/// reduces it is computed from them.
/// </summary>
/// <param name="Left">A factor, with size 1 in the dims that it lacks.</param>
/// <param name="Right">The other.</param>
/// <param name="Dims">The sizes of the product.</param>
/// <param name="Groups">For each dim of the value the dims of the product that it joins.</param>
/// <param name="Summed">The number of dims, the last ones, over which the product is summed: a matrix product's inner dim.</param>
/// <param name="IsSquare">Whether the value is the square of such a sum.</param>
internal sealed record OuterProduct(
    Tensor Left, Tensor Right, Shape Dims, IReadOnlyList<int[]> Groups, int Summed = 0, bool IsSquare = false)
{
    private int Seen => Dims.Rank - Summed;

    private Shape ValueShape => [.. Groups.Select(group => SizeOf(Dims, group))];

    /// <returns>The product of two tensors that broadcast, or null if one of them lacks nothing, or both the same.</returns>
    public static OuterProduct? OfFactors(Tensor left, Tensor right, Shape dims)
    {
        var (first, second) = (OfRank(left, dims.Rank), OfRank(right, dims.Rank));
        var isWhole = first.shape.Zip(second.shape, dims).All(sizes => sizes.First == sizes.Third || sizes.Second == sizes.Third);
        return isWhole && Lacks(first.shape, dims) && Lacks(second.shape, dims)
            ? new(first, second, dims, [.. Enumerable.Range(0, dims.Rank).Select(d => new[] { d })])
            : null;
    }

    /// <summary>
    /// Matrix products of a batch, [b, m, k] and [b, k, n], with so few inner terms that squares and sums of them take less than they do.
    /// </summary>
    public static OuterProduct? OfMatrices(Tensor left, Tensor right)
    {
        if (left.ndim != 3 || right.ndim != 3 || left.shape[0] != right.shape[0])
        {
            return null;
        }

        var (batch, rows, inner, columns) = (left.shape[0], left.shape[1], left.shape[2], right.shape[2]);
        return 2 * inner * inner <= rows * columns
            ? new(
                F.reshape(left, batch, rows, 1, inner), F.reshape(F.permute(right, 0, 2, 1), batch, 1, columns, inner),
                [batch, rows, columns, inner], [[0], [1], [2]], Summed: 1)
            : null;
    }

    /// <returns>The value times, or divided by, a tensor that broadcasts to it; null if it goes into neither factor.</returns>
    public OuterProduct? Scaled(Tensor scale, Func<Tensor, Tensor, Tensor> apply)
    {
        if (IsSquare)
        {
            return null;
        }

        if (scale.Number is not null)
        {
            return this with { Left = apply(Left, scale) };
        }

        var shape = ValueShape;
        if (scale.ndim > shape.Rank || scale.dtype != Left.dtype)
        {
            return null;
        }

        var own = OfRank(scale, shape.Rank);
        if (!Fits(own.shape, shape))
        {
            return null;
        }

        var sizes = new long[Dims.Rank];
        Array.Fill(sizes, 1);
        for (var d = 0; d < shape.Rank; d++)
        {
            foreach (var inner in own.shape[d] == shape[d] ? Groups[d] : [])
            {
                sizes[inner] = Dims[inner];
            }
        }

        var spread = F.reshape(own, sizes);
        return Fits(spread.shape, Left.shape) ? this with { Left = apply(Left, spread) }
            : Fits(spread.shape, Right.shape) ? this with { Right = apply(Right, spread) }
            : null;
    }

    /// <returns>The squares of the value.</returns>
    public OuterProduct? Squared() => IsSquare ? null
        : Summed > 0 ? this with { IsSquare = true }
        : this with { Left = F.square(Left), Right = F.square(Right) };

    /// <returns>The value with dims joined; null if the shape cuts one.</returns>
    public OuterProduct? Reshaped(Shape shape)
    {
        var groups = new List<int[]>();
        var next = 0;
        foreach (var size in shape)
        {
            var (group, joined) = (new List<int>(), 1L);
            while (joined != size || (group.Count == 0 && next < Seen && Dims[next] == 1))
            {
                if (next == Seen)
                {
                    return null;
                }

                joined *= Dims[next];
                group.Add(next++);
            }

            groups.Add([.. group]);
        }

        // Dims of size 1 at the end belong to the last.
        for (; next < Seen && groups.Count > 0 && Dims[next] == 1; next++)
        {
            groups[^1] = [.. groups[^1], next];
        }

        var isInOrder = Groups.SelectMany(group => group).SequenceEqual(Enumerable.Range(0, Seen));
        return next == Seen && isInOrder ? this with { Groups = groups } : null;
    }

    /// <returns>The value with its dims in another order.</returns>
    public OuterProduct Permuted(ReadOnlySpan<long> order)
    {
        var groups = new int[order.Length][];
        for (var d = 0; d < order.Length; d++)
        {
            groups[d] = Groups[(int)order[d]];
        }

        return this with { Groups = groups };
    }

    /// <returns>The sum over dims of the value, of that shape; null if it takes the value.</returns>
    public Tensor? Sum(IEnumerable<int> dims, Shape result)
    {
        var reduced = InnerDims(dims);
        if (IsSquare)
        {
            return SumOfSquares(reduced, result);
        }

        reduced.UnionWith(Enumerable.Range(Seen, Summed));
        var left = SumOver(Left, reduced.Where(d => IsOnlyIn(Left, Right, d)));
        var right = SumOver(Right, reduced.Where(d => IsOnlyIn(Right, Left, d)));
        int[] shared = [.. reduced.Where(d => left.shape[d] == Dims[d] && right.shape[d] == Dims[d])];
        var sum = shared.Length == 0 ? left * right : Contracted(left, right, shared);
        return F.reshape(Ordered(sum, [.. Groups.SelectMany(group => group), .. Enumerable.Range(Seen, Summed)]), result);
    }

    /// <summary>
    /// The squares of sums of products, summed over both factors' own dims: the products of the terms of each factor with each other.
    /// </summary>
    private Tensor? SumOfSquares(HashSet<int> reduced, Shape result)
    {
        if (!reduced.Contains(1) || !reduced.Contains(2))
        {
            return null;
        }

        var (left, right) = (F.reshape(Left, Dims[0], Dims[1], Dims[3]), F.reshape(Right, Dims[0], Dims[2], Dims[3]));
        var products = F.matmul(F.permute(left, 0, 2, 1), left) * F.matmul(F.permute(right, 0, 2, 1), right);

        // Rounding must not leave a sum of squares below zero.
        return F.reshape(F.relu(F.sum(products, reduced.Contains(0) ? [0, 1, 2] : [1, 2])), result);
    }

    private HashSet<int> InnerDims(IEnumerable<int> dims) => [.. dims.SelectMany(d => Groups[d])];

    /// <summary>The sum over shared dims, which stay with size 1, as products of matrices.</summary>
    private Tensor Contracted(Tensor left, Tensor right, int[] shared)
    {
        var all = Enumerable.Range(0, Dims.Rank).ToArray();
        int[] rows = [.. all.Where(d => IsOnlyIn(left, right, d))];
        int[] columns = [.. all.Where(d => IsOnlyIn(right, left, d))];
        int[] batch = [.. all.Except(rows).Except(columns).Except(shared)];
        var product = F.matmul(
            Matrices(left, [batch, rows, shared], columns), F.permute(Matrices(right, [batch, columns, shared], rows), 0, 2, 1));
        int[] order = [.. batch, .. rows, .. columns, .. shared];
        var sizes = order.Select(d => shared.Contains(d) ? 1 : left.shape[d] == 1 ? right.shape[d] : left.shape[d]).ToArray();
        return Ordered(F.reshape(product, sizes), [.. all.Select(d => Array.IndexOf(order, d))]);
    }

    /// <summary>A factor with three groups of dims, each as one.</summary>
    private static Tensor Matrices(Tensor factor, int[][] groups, int[] lacked) => F.reshape(
        Ordered(factor, [.. groups.SelectMany(group => group), .. lacked]), [.. groups.Select(group => SizeOf(factor.shape, group))]);

    private static Tensor Ordered(Tensor x, int[] order) => F.permute(x, Array.ConvertAll(order, d => (long)d));

    private bool IsOnlyIn(Tensor factor, Tensor other, int d) => factor.shape[d] == Dims[d] && other.shape[d] != Dims[d];

    private static Tensor SumOver(Tensor x, IEnumerable<int> dims) =>
        dims.Any() ? F.sum(x, [.. dims.Select(d => (long)d)], keepdim: true) : x;

    private static bool Lacks(Shape factor, Shape dims) => factor.Zip(dims).Any(pair => pair.First != pair.Second);

    private static bool Fits(Shape small, Shape large) => small.Zip(large).All(pair => pair.First == 1 || pair.First == pair.Second);

    private static Tensor OfRank(Tensor x, int rank) =>
        x.ndim == rank ? x : F.reshape(x, [.. Enumerable.Repeat(1L, rank - x.ndim), .. x.shape]);

    private static long SizeOf(Shape shape, IEnumerable<int> dims) => dims.Aggregate(1L, (size, d) => size * shape[d]);
}
