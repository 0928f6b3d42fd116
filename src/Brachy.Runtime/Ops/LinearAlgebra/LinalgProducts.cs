using static Brachy.ChainedProducts;

namespace Brachy;

// Products of vectors and matrices, and what is read from or made of them.
public static partial class F
{
    public static partial class linalg
    {
        /// <summary>The same as <see cref="F.matmul"/>.</summary>
        /// <inheritdoc cref="F.matmul"/>
        public static Tensor matmul(Tensor left, Tensor right) => F.matmul(left, right);

        /// <summary>Sums of the products of vectors along a dim. Shape: broadcast of both, without the dim; dtype: promoted.</summary>
        /// <param name="x">A tensor with dims.</param>
        /// <param name="y">A tensor that broadcasts with it.</param>
        /// <param name="dim">Along which dim of the broadcast shape.</param>
        /// <exception cref="ShapeException">The shapes do not broadcast, or there is no such dim.</exception>
        public static Tensor vecdot(Tensor x, Tensor y, long dim = -1)
        {
            ArgumentNullException.ThrowIfNull(x);
            ArgumentNullException.ThrowIfNull(y);
            return sum(x * y, dim);
        }

        /// <summary>Cross products of vectors with three elements along a dim, as <see cref="F.cross"/>.</summary>
        /// <param name="x">A tensor with a dim of size 3.</param>
        /// <param name="y">A tensor that broadcasts with it.</param>
        /// <param name="dim">Along which dim of the broadcast shape.</param>
        /// <inheritdoc cref="F.cross" path="/exception"/>
        public static Tensor cross(Tensor x, Tensor y, long dim = -1) => F.cross(x, y, dim);

        /// <summary>
        /// A diagonal of the matrices in two dims, by default the last two, as the last dim. Shares memory. Element type: as A.
        /// </summary>
        /// <param name="A">A tensor with at least two dims.</param>
        /// <param name="offset">Which diagonal: 0 the main one, positive above it, negative below.</param>
        /// <param name="dim1">The dim of rows.</param>
        /// <param name="dim2">The dim of columns.</param>
        /// <exception cref="ShapeException">A dim does not exist, or both are the same.</exception>
        public static Tensor diagonal(Tensor A, long offset = 0, long dim1 = -2, long dim2 = -1) => F.diagonal(A, offset, dim1, dim2);

        /// <summary>Powers 1, x, x², … of each element as rows. Dtype: as x (bool becomes int64).</summary>
        /// <param name="x">[..., n].</param>
        /// <param name="N">How many powers; n by default.</param>
        /// <returns>[..., n, N].</returns>
        /// <exception cref="ShapeException">x has no dims, or N is less than 1.</exception>
        public static Tensor vander(Tensor x, long? N = null)
        {
            ArgumentNullException.ThrowIfNull(x);
            if (x.ndim == 0 || N < 1)
            {
                throw new ShapeException($"linalg_vander: x is {x.Type} and N is {N}; x must have dims, and N be positive.");
            }

            var powers = F.vander(ravel(x), N ?? x.shape[^1], increasing: true);
            return reshape(powers, [.. x.shape, N ?? x.shape[^1]]);
        }

        /// <summary>The product of several matrices, in the order that takes the fewest multiplications.</summary>
        /// <param name="tensors">At least two matrices of one element type; the first and the last may be vectors.</param>
        /// <returns>[n, m], without n or m where the first or the last is a vector.</returns>
        /// <exception cref="ShapeException">There are fewer than two, or they are no matrices that fit.</exception>
        /// <exception cref="DTypeException">The element types differ or are bool.</exception>
        public static Tensor multi_dot(IReadOnlyList<Tensor> tensors)
        {
            ArgumentNullException.ThrowIfNull(tensors);
            var count = tensors.Count;
            var parts = new Tensor[count];
            for (var i = 0; i < count; i++)
            {
                var x = tensors[i] ?? throw new ArgumentNullException(nameof(tensors), $"linalg_multi_dot: matrix {i} is null.");
                var isVector = x.ndim == 1 && (i == 0 || i == count - 1);
                if (x.ndim != 2 && !isVector)
                {
                    throw new ShapeException($"linalg_multi_dot: operand {i} of {count} is {x.Type}; all must be matrices, but the first "
                        + "and the last may be vectors.");
                }

                parts[i] = !isVector ? x : i == 0 ? MatrixOperands.Row(x) : MatrixOperands.Column(x);
                if (i > 0 && parts[i - 1].shape[1] != parts[i].shape[0])
                {
                    throw new ShapeException($"linalg_multi_dot: operands {i - 1} and {i} do not fit: {tensors[i - 1].Type} and {x.Type}.");
                }
            }

            if (count < 2)
            {
                throw new ShapeException($"linalg_multi_dot: there are {count} operands; at least 2 are needed.");
            }

            var product = Chain(parts, CheapestSplits(parts), 0, count - 1);
            product = tensors[^1].ndim == 1 ? squeeze(product, 1) : product;
            return tensors[0].ndim == 1 ? squeeze(product, 0) : product;
        }

        /// <summary>The inverse of a tensor as a linear map from its last dims to its first.</summary>
        /// <param name="A">The product of the first sizes must be that of the others; float32 or float64.</param>
        /// <param name="ind">How many dims are the first.</param>
        /// <returns>The last dims of A, then the first.</returns>
        /// <exception cref="ShapeException">The sizes do not fit.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        /// <exception cref="NativeOpException">A is singular.</exception>
        public static Tensor tensorinv(Tensor A, long ind = 2)
        {
            ArgumentNullException.ThrowIfNull(A);
            var at = (int)Math.Clamp(ind, 0, A.ndim);
            Shape first = [.. A.shape.AsSpan()[..at]], last = [.. A.shape.AsSpan()[at..]];
            if (ind <= 0 || first.NumElements != last.NumElements)
            {
                throw new ShapeException($"linalg_tensorinv: A is {A.Type} and ind is {ind}; the first ind sizes and the others must be "
                    + "positive in number and have one product.");
            }

            return reshape(inv(reshape(A, first.NumElements, last.NumElements)), [.. last, .. first]);
        }

        /// <summary>The X with tensordot(A, X) = B over all dims of X.</summary>
        /// <param name="A">The dims of B, then those of X; float32 or float64. The product of the first must be that of the others.</param>
        /// <param name="B">A tensor of the same element type.</param>
        /// <param name="dims">Dims of A to move to its end first; none by default.</param>
        /// <returns>The last dims of A.</returns>
        /// <exception cref="ShapeException">The sizes do not fit.</exception>
        /// <exception cref="DTypeException">The tensors are not both float32 or both float64.</exception>
        /// <exception cref="NativeOpException">A is singular.</exception>
        public static Tensor tensorsolve(Tensor A, Tensor B, long[]? dims = null)
        {
            ArgumentNullException.ThrowIfNull(A);
            ArgumentNullException.ThrowIfNull(B);
            var x =
                dims is null or [] ? A : movedim(A, dims, [.. Enumerable.Range(A.ndim - dims.Length, dims.Length).Select(i => (long)i)]);
            Shape last = [.. x.shape.AsSpan()[Math.Min(B.ndim, x.ndim)..]];
            if (x.ndim < B.ndim || last.NumElements != B.numel() || x.numel() != last.NumElements * B.numel())
            {
                throw new ShapeException($"linalg_tensorsolve: A is {A.Type} and B is {B.Type}; A must have the dims of B and then others "
                    + "with the same product of sizes.");
            }

            return reshape(solve(reshape(x, B.numel(), last.NumElements), ravel(B)), last);
        }

        /// <summary>The first n columns of the product of reflections H = I - τ v vᵀ, as LAPACK's QR stores them.</summary>
        /// <param name="A">
        /// [..., m, n] with m at least n: the vectors below the diagonal of its columns; their diagonal counts as 1.
        /// </param>
        /// <param name="tau">[..., k] with k at most n.</param>
        /// <returns>[..., m, n].</returns>
        /// <exception cref="ShapeException">The sizes do not fit.</exception>
        /// <exception cref="DTypeException">The tensors are not both float32 or both float64.</exception>
        public static Tensor householder_product(Tensor A, Tensor tau)
        {
            MatrixOperands.RequireMatrices("linalg_householder_product", A, "A");
            ArgumentNullException.ThrowIfNull(tau);
            var (rows, columns) = (A.shape[A.ndim - 2], A.shape[^1]);
            if (tau.ndim != A.ndim - 1 || rows < columns || tau.shape[^1] > columns
                || !tau.shape.AsSpan()[..^1].SequenceEqual(A.shape.AsSpan()[..^2]))
            {
                throw new ShapeException($"linalg_householder_product: A is {A.Type} and tau is {tau.Type}; they must be [..., m, n] with "
                    + "m at least n, and [..., k] with k at most n.");
            }

            if (A.dtype != tau.dtype || A.dtype is not (DType.Float32 or DType.Float64))
            {
                throw new DTypeException(
                    $"linalg_householder_product: A is {A.Type} and tau is {tau.Type}; both must be float32 or float64.");
            }

            var unit = eye(rows, columns, A.dtype, A.device);
            var vectors = tril(A, -1) + unit;
            var product = expand(unit, A.shape);
            for (var i = tau.shape[^1] - 1; i >= 0; i--)
            {
                var vector = narrow(vectors, -1, i, 1);
                product -= MatrixOperands.Column(narrow(tau, -1, i, 1)) * F.matmul(vector, F.matmul(vector.mT, product));
            }

            return product;
        }
    }
}

/// <summary>Products of many matrices in the cheapest order.</summary>
file static class ChainedProducts
{
    /// <summary>Where to cut each stretch of a chain. T. Cormen et al., Introduction to Algorithms, section 15.2.</summary>
    public static int[,] CheapestSplits(Tensor[] parts)
    {
        var count = parts.Length;
        var (cost, split) = (new double[count, count], new int[count, count]);
        for (var length = 1; length < count; length++)
        {
            for (var i = 0; i + length < count; i++)
            {
                cost[i, i + length] = double.PositiveInfinity;
                for (var k = i; k < i + length; k++)
                {
                    var total = cost[i, k] + cost[k + 1, i + length]
                        + ((double)parts[i].shape[0] * parts[k].shape[1] * parts[i + length].shape[1]);
                    if (total < cost[i, i + length])
                    {
                        (cost[i, i + length], split[i, i + length]) = (total, k);
                    }
                }
            }
        }

        return split;
    }

    public static Tensor Chain(Tensor[] parts, int[,] split, int from, int to) => from == to
        ? parts[from]
        : F.matmul(Chain(parts, split, from, split[from, to]), Chain(parts, split, split[from, to] + 1, to));
}
