using Brachy.Extending;
using static Brachy.F;
using static Brachy.MatrixNorms;

namespace Brachy;

// Norms of vectors and matrices, and condition numbers.
public static partial class F
{
    public static partial class linalg
    {
        /// <summary>(sum |x|^ord)^(1/ord) over dims, as <see cref="F.vector_norm(Tensor, double, long[], bool)"/>.</summary>
        /// <param name="x">A tensor of a floating-point type.</param>
        /// <param name="ord">The order: any number, also negative or infinite.</param>
        /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
        /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
        /// <param name="dtype">A type to compute in; that of x by default.</param>
        /// <inheritdoc cref="F.vector_norm(Tensor, double, long[], bool)" path="/exception"/>
        public static Tensor vector_norm(Tensor x, double ord = 2, long[]? dims = null, bool keepdim = false, DType? dtype = null) =>
            F.vector_norm(InType(x, dtype), ord, dims, keepdim);

        /// <summary>
        /// A norm of the matrices in two dims: "fro", the square root of the sum of squares; "nuc", the sum of
        /// singular values. Dtype: as x.
        /// </summary>
        /// <param name="A">At least two dims; float32 or float64 for "nuc", else floating-point.</param>
        /// <param name="ord">"fro" or "nuc".</param>
        /// <param name="dims">The dims of rows and columns; the last two by default.</param>
        /// <param name="keepdim">Whether both stay, with size 1.</param>
        /// <param name="dtype">A type to compute in; that of A by default.</param>
        /// <exception cref="ShapeException">A has fewer than two dims, or a dim does not exist or is named twice.</exception>
        /// <exception cref="DTypeException">The element type does not fit.</exception>
        /// <exception cref="ArgumentException">There is no such norm.</exception>
        public static Tensor matrix_norm(Tensor A, string ord = "fro", long[]? dims = null, bool keepdim = false, DType? dtype = null)
        {
            var (rows, columns) = MatrixDims(A, dims);
            var x = InType(A, dtype);
            return ord switch
            {
                "fro" => F.vector_norm(x, 2, [rows, columns], keepdim),
                "nuc" => Kept(sum(SingularValues(x, rows, columns), -1), rows, columns, keepdim),
                _ => throw new ArgumentException(
                    $"linalg_matrix_norm: there is no norm \"{ord}\"; use \"fro\", \"nuc\", or a number (1, -1, 2, -2 or an infinity).",
                    nameof(ord)),
            };
        }

        /// <summary>
        /// A norm of the matrices in two dims. 1 and -1: the largest and the smallest sum of the absolute values of a column; the
        /// infinities: of a row; 2 and -2: the largest and the smallest singular value. Dtype: as x.
        /// </summary>
        /// <param name="A">At least two dims; float32 or float64 for 2 and -2, else floating-point.</param>
        /// <param name="ord">1, -1, 2, -2 or an infinity.</param>
        /// <param name="dims">The dims of rows and columns; the last two by default.</param>
        /// <param name="keepdim">Whether both stay, with size 1.</param>
        /// <param name="dtype">A type to compute in; that of A by default.</param>
        /// <exception cref="ShapeException">
        /// A has fewer than two dims, a dim does not exist or is named twice, or there is nothing to find the largest or smallest of.
        /// </exception>
        /// <exception cref="DTypeException">The element type does not fit.</exception>
        /// <exception cref="ArgumentException">There is no such norm.</exception>
        public static Tensor matrix_norm(Tensor A, double ord, long[]? dims = null, bool keepdim = false, DType? dtype = null)
        {
            var (rows, columns) = MatrixDims(A, dims);
            var x = InType(A, dtype);
            if (Math.Abs(ord) == 2)
            {
                var values = SingularValues(x, rows, columns);
                return Kept(ord > 0 ? amax(values, -1) : amin(values, -1), rows, columns, keepdim);
            }

            if (Math.Abs(ord) is not (1 or double.PositiveInfinity))
            {
                throw new ArgumentException(
                    $"linalg_matrix_norm: there is no norm {ord}; use 1, -1, 2, -2, an infinity, \"fro\" or \"nuc\".", nameof(ord));
            }

            var (summed, chosen) = Math.Abs(ord) == 1 ? (rows, columns) : (columns, rows);
            var sums = F.vector_norm(x, 1, [summed], keepdim: true);
            var result = ord > 0 ? amax(sums, chosen, keepdim: true) : amin(sums, chosen, keepdim: true);
            return keepdim ? result : Squeezed(result, rows, columns);
        }

        /// <summary>
        /// A norm: without an order the Euclidean one over the given dims or all; with an order, of vectors if there is one dim, and of
        /// matrices if there are two.
        /// </summary>
        /// <param name="x">A tensor of a floating-point type.</param>
        /// <param name="ord">
        /// The order as in <see cref="vector_norm"/> or <see cref="matrix_norm(Tensor, double, long[], bool, DType?)"/>.
        /// </param>
        /// <param name="dims">One or two dims; null for all of a tensor with one or two dims, or without an order for all of any.</param>
        /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
        /// <param name="dtype">A type to compute in; that of x by default.</param>
        /// <exception cref="ShapeException">
        /// The dims do not fit the order, a dim does not exist or is named twice, or there is nothing to find the largest or smallest of.
        /// </exception>
        /// <exception cref="DTypeException">The element type does not fit.</exception>
        /// <exception cref="ArgumentException">There is no such norm.</exception>
        public static Tensor norm(Tensor x, double? ord = null, long[]? dims = null, bool keepdim = false, DType? dtype = null)
        {
            ArgumentNullException.ThrowIfNull(x);
            if (ord is not { } order)
            {
                return vector_norm(x, 2, dims, keepdim, dtype);
            }

            return (dims?.Length ?? x.ndim) switch
            {
                1 => vector_norm(x, order, dims, keepdim, dtype),
                2 => matrix_norm(x, order, dims ?? [0, 1], keepdim, dtype),
                var count => throw new ShapeException($"linalg_norm: norm {order} is one of vectors or matrices, but {count} dims of "
                    + $"{x.Type} are to be reduced; name one or two."),
            };
        }

        /// <summary>A norm of matrices by name: "fro" or "nuc".</summary>
        /// <param name="x">A tensor of a floating-point type.</param>
        /// <param name="ord">"fro" or "nuc".</param>
        /// <param name="dims">Two dims; null for those of a matrix.</param>
        /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
        /// <param name="dtype">A type to compute in; that of x by default.</param>
        /// <inheritdoc cref="matrix_norm(Tensor, string, long[], bool, DType?)" path="/exception"/>
        public static Tensor norm(Tensor x, string ord, long[]? dims = null, bool keepdim = false, DType? dtype = null)
        {
            ArgumentNullException.ThrowIfNull(x);
            return dims is null && x.ndim != 2
                ? throw new ShapeException($"linalg_norm: \"{ord}\" is a norm of matrices, but x is {x.Type}; name the two dims.")
                : matrix_norm(x, ord, dims, keepdim, dtype);
        }

        /// <summary>
        /// How far a matrix stretches at most over how little at least: the largest singular value divided by the smallest.
        /// Infinite for singular matrices.
        /// </summary>
        /// <param name="A">[..., m, n], float32 or float64.</param>
        /// <returns>[...].</returns>
        /// <exception cref="ShapeException">A has fewer than two dims or no elements.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        public static Tensor cond(Tensor A) => cond(A, 2);

        /// <summary>
        /// The norm of a matrix times that of its inverse; for 2 and -2 largest and smallest singular value divided by each other.
        /// Infinite for singular matrices.
        /// </summary>
        /// <param name="A">[..., n, n], float32 or float64; for 2 and -2 [..., m, n].</param>
        /// <param name="p">The norm: 1, -1, 2, -2 or an infinity.</param>
        /// <returns>[...].</returns>
        /// <exception cref="ShapeException">A is not square, or has no elements where some are needed.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        /// <exception cref="ArgumentException">There is no such norm.</exception>
        public static Tensor cond(Tensor A, double p)
        {
            if (Math.Abs(p) != 2)
            {
                return CondByInverse(A, x => matrix_norm(x, p));
            }

            MatrixOperands.RequireMatrices("linalg_cond", A, "A");
            if (A.shape[^1] == 0 || A.shape[A.ndim - 2] == 0)
            {
                throw new ShapeException($"linalg_cond: A is {A.Type}; matrices without elements have no singular values.");
            }

            var values = svdvals(A);
            var (largest, smallest) = (select(values, -1, 0), select(values, -1, -1));
            return p > 0 ? largest / smallest : smallest / largest;
        }

        /// <summary>The norm of a matrix times that of its inverse. Infinite for singular matrices.</summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <param name="p">"fro" or "nuc".</param>
        /// <inheritdoc cref="cond(Tensor, double)" path="/exception"/>
        public static Tensor cond(Tensor A, string p) => CondByInverse(A, x => matrix_norm(x, p));
    }
}

/// <summary>Norms of matrices, wherever their dims are.</summary>
file static class MatrixNorms
{
    public static Tensor CondByInverse(Tensor a, Func<Tensor, Tensor> norm)
    {
        MatrixOperands.RequireMatrices("linalg_cond", a, "A", square: true);
        var (inverse, info) = linalg.inv_ex(a);
        var isSingular = ne(info, 0);
        return norm(a) * where(
            isSingular, double.PositiveInfinity,
            norm(where(MatrixOperands.Column(MatrixOperands.Column(isSingular)), zeros_like(inverse), inverse)));
    }

    public static Tensor InType(Tensor x, DType? dtype)
    {
        ArgumentNullException.ThrowIfNull(x);
        return dtype is not { } type
            ? x
            : type.IsFloatingPoint() && (x.dtype.IsFloatingPoint() || x.dtype.IsInteger()) ? to(x, type)
            : throw new DTypeException($"norm: dtype must be floating-point, but is {type} for x of {x.Type}.");
    }

    public static (long Rows, long Columns) MatrixDims(Tensor x, long[]? dims)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ndim < 2 || dims is { Length: not 2 })
        {
            throw new ShapeException($"linalg_matrix_norm: A is {x.Type}, and the dims are [{string.Join(", ", dims ?? [-2, -1])}]; a "
                + "matrix has two of them.");
        }

        var both = Shapes.NormalizeDims("linalg_matrix_norm", dims ?? [-2, -1], x.ndim);
        return (both[0], both[1]);
    }

    public static Tensor SingularValues(Tensor x, long rows, long columns) => linalg.svdvals(movedim(x, [rows, columns], [-2, -1]));

    public static Tensor Kept(Tensor x, long rows, long columns, bool keepdim) =>
        keepdim ? unsqueeze(unsqueeze(x, Math.Min(rows, columns)), Math.Max(rows, columns)) : x;

    public static Tensor Squeezed(Tensor x, long rows, long columns) =>
        squeeze(squeeze(x, Math.Max(rows, columns)), Math.Min(rows, columns));
}
