using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.PseudoinverseRules;

namespace Brachy;

/// <summary>Which singular values count as 0, and whether the matrix is symmetric.</summary>
internal sealed record PinvSettings(double Atol, double Rtol, bool Hermitian) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("atol", Atol), ("rtol", Rtol), ("hermitian", Hermitian)];
}

// Pseudoinverses and what depends on the rank. Gradient: G. Golub, V. Pereyra, The differentiation of
// pseudo-inverses (1973), equation 4.12.
public static partial class F
{
    public static partial class linalg
    {
        /// <summary>
        /// Moore's and Penrose's pseudoinverses. Singular values of at most max(atol, rtol · largest) count as 0. The gradient exists where
        /// the rank does not change nearby; for other matrices it is that among matrices of their rank.
        /// </summary>
        /// <param name="A">[..., m, n], float32 or float64.</param>
        /// <param name="atol">The absolute tolerance; 0 by default.</param>
        /// <param name="rtol">
        /// The relative tolerance; by default 0 if atol is positive, else max(m, n) times the precision of the type.
        /// </param>
        /// <param name="hermitian">Whether A is symmetric, which is faster; only its lower triangle is read then.</param>
        /// <returns>[..., n, m].</returns>
        /// <exception cref="ShapeException">A has fewer than two dims, or is symmetric but not square.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A tolerance is negative or NaN.</exception>
        /// <exception cref="NativeOpException">A is not finite.</exception>
        public static Tensor pinv(Tensor A, double? atol = null, double? rtol = null, bool hermitian = false)
        {
            MatrixOperands.RequireMatrices("linalg_pinv", A, "A", square: hermitian);
            var (absolute, relative) = Tolerances("linalg_pinv", A, atol, rtol);
            return Pinv.Bind(new PinvSettings(absolute, relative, hermitian), A);
        }

        internal static readonly Primitive<PinvSettings> Pinv = new("linalg_pinv")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireMatrices(x, 0, "A");
                return MatrixOperands.Factor(x, x[0].Shape[^1], x[0].Shape[x[0].Rank - 2]);
            },
            Eager = x => PinvKernels.Invoke("pinv", x[0], x.Settings.Atol, x.Settings.Rtol, x.Settings.Hermitian),
            Script = x => $"torch.linalg_pinv({x[0]}, atol={Script.Real(x.Settings.Atol)}, rtol={Script.Real(x.Settings.Rtol)}, "
                + $"hermitian={Script.Flag(x.Settings.Hermitian)})",
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Rule((g, y, x) =>
            {
                var (a, gt, yt) = (x[0], g.mT, y.mT);
                var gy = matmul(gt, y);
                var yg = matmul(y, gt);
                var first = matmul(gy - matmul(a, matmul(y, gy)), yt);
                var second = matmul(yt, yg - matmul(matmul(yg, y), a));
                return [first + second - matmul(yt, matmul(g, yt))];
            }),
        };

        /// <summary>
        /// The X that makes A X - B smallest, and of all those the one of least norm. Batches broadcast. The gradient of the solution is
        /// that of pinv(A) B; rank and singular values have none.
        /// </summary>
        /// <param name="A">[..., m, n], float32 or float64.</param>
        /// <param name="B">[..., m, k] of the same type; or vectors, [..., m], as in <see cref="solve"/>.</param>
        /// <param name="rcond">
        /// Singular values of at most so much of the largest count as 0; by default max(m, n) times the precision of the type.
        /// </param>
        /// <returns>
        /// The solution, [..., n, k]; the sums of squares of A X - B, [..., k], with no elements unless m &gt; n (PyTorch leaves them out
        /// for a matrix of less than full rank as well); the rank of each matrix of A, int64; its singular values.
        /// </returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="DTypeException">The tensors are not both float32 or both float64.</exception>
        /// <exception cref="ArgumentOutOfRangeException">rcond is negative or NaN.</exception>
        /// <exception cref="NativeOpException">A is not finite.</exception>
        public static (Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values) lstsq(
            Tensor A, Tensor B, double? rcond = null)
        {
            const string Op = "linalg_lstsq";
            MatrixOperands.RequireMatrices(Op, A, "A");
            ArgumentNullException.ThrowIfNull(B);
            var (rows, columns) = (A.shape[A.ndim - 2], A.shape[^1]);
            var isVector = B.ndim == 1 || (B.ndim == A.ndim - 1 && B.shape.AsSpan().SequenceEqual(A.shape.AsSpan()[..^1]));
            var b = isVector ? MatrixOperands.Column(B) : B;
            if (b.ndim < 2 || b.shape[b.ndim - 2] != rows)
            {
                throw new ShapeException($"{Op}: A is {A.Type} and B is {B.Type}; B must have as many rows as A.");
            }

            if (A.dtype != b.dtype)
            {
                throw new DTypeException($"{Op}: A is {A.Type} and B is {B.Type}; cast one with x.to(dtype).");
            }

            var (_, relative) = Tolerances(Op, A, null, rcond);
            var solution = matmul(pinv(A, rtol: relative), b);
            var residual = matmul(A, solution) - b;
            var squares = rows > columns ? sum(residual * residual, -2) : zeros([0], A.dtype, A.device);
            var values = svdvals(stop_gradient(A));
            return (
                isVector ? squeeze(solution, -1) : solution, isVector && rows > columns ? squeeze(squares, -1) : squares,
                CountAbove(values, 0, relative), values);
        }

        /// <summary>How many singular values of each matrix are larger than max(atol, rtol · largest). No gradient.</summary>
        /// <param name="A">[..., m, n], float32 or float64.</param>
        /// <param name="atol">The absolute tolerance; 0 by default.</param>
        /// <param name="rtol">
        /// The relative tolerance; by default 0 if atol is positive, else max(m, n) times the precision of the type.
        /// </param>
        /// <param name="hermitian">Whether A is symmetric, which is faster; only its lower triangle is read then.</param>
        /// <returns>[...], int64.</returns>
        /// <inheritdoc cref="pinv" path="/exception"/>
        public static Tensor matrix_rank(Tensor A, double? atol = null, double? rtol = null, bool hermitian = false)
        {
            MatrixOperands.RequireMatrices("linalg_matrix_rank", A, "A", square: hermitian);
            var (absolute, relative) = Tolerances("linalg_matrix_rank", A, atol, rtol);
            var x = stop_gradient(A);
            return CountAbove(hermitian ? abs(eigvalsh(x)) : svdvals(x), absolute, relative);
        }
    }

    /// <summary>The same as <see cref="linalg.pinv"/> with a relative tolerance.</summary>
    /// <param name="x">[..., m, n], float32 or float64.</param>
    /// <param name="rcond">Singular values of at most so much of the largest count as 0.</param>
    /// <inheritdoc cref="linalg.pinv" path="/exception"/>
    public static Tensor pinverse(Tensor x, double rcond = 1e-15) => linalg.pinv(x, rtol: rcond);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.pinverse"/>
    public Tensor pinverse(double rcond = 1e-15) => F.pinverse(this, rcond);
}

/// <summary>The rules of pseudoinverses and ranks.</summary>
file static class PseudoinverseRules
{
    public static readonly EagerScript PinvKernels = new(
        """
        def pinv(x, atol: float, rtol: float, hermitian: bool):
            return [torch.linalg_pinv(x, atol=atol, rtol=rtol, hermitian=hermitian)]

        """);

    public static Tensor CountAbove(Tensor values, double atol, double rtol)
    {
        if (values.shape[^1] == 0)
        {
            return zeros([.. values.shape.AsSpan()[..^1]], DType.Int64, values.device);
        }

        return sum(values > maximum(amax(values, -1, keepdim: true) * rtol, atol), -1);
    }

    public static (double Absolute, double Relative) Tolerances(string op, Tensor x, double? atol, double? rtol)
    {
        if (!(atol is null or >= 0) || !(rtol is null or >= 0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(atol), $"{op}: the tolerances are {atol} and {rtol}, but must be numbers of at least 0.");
        }

        return (atol ?? 0, rtol ?? (atol > 0 ? 0 : Math.Max(x.shape[^1], x.shape[x.ndim - 2]) * MatrixOperands.Epsilon(x.dtype)));
    }
}
