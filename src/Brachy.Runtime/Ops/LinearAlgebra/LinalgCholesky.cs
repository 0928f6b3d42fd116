using Brachy.Extending;
using Brachy.Native;
using static Brachy.CholeskyRules;

namespace Brachy;

/// <summary>Which factor is wanted, and whether a matrix without one is an error.</summary>
internal sealed record CholeskySettings(bool Upper, bool CheckErrors) : CheckingSettings(CheckErrors)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("upper", Upper), .. base.Entries];
}

// Cholesky's factors. Gradient: I. Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527, equation 10.
public static partial class F
{
    public static partial class linalg
    {
        /// <summary>
        /// The lower triangular L with L Lᵀ = A for symmetric, positive definite A. Only the lower triangle of A is read (with
        /// <paramref name="upper"/> the upper one); the gradient is that of symmetric matrices, symmetric itself. Shape and dtype: as A.
        /// </summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <param name="upper">Whether to return the upper triangular Lᵀ.</param>
        /// <exception cref="ShapeException">The last two dims of A differ.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        /// <exception cref="NativeOpException">A matrix is not positive definite.</exception>
        public static Tensor cholesky(Tensor A, bool upper = false) => Cholesky.BindAll(Factoring(upper, true), A)[0];

        /// <summary>Cholesky's factors, NaN where a matrix is not positive definite.</summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <param name="upper">Whether to return the upper triangular Lᵀ.</param>
        /// <param name="check_errors">Whether such a matrix throws.</param>
        /// <returns>L, and for each matrix 0, or the order of the leading minor that is not positive, as int32.</returns>
        /// <inheritdoc cref="cholesky" path="/exception"/>
        public static (Tensor L, Tensor info) cholesky_ex(Tensor A, bool upper = false, bool check_errors = false)
        {
            var results = Cholesky.BindAll(Factoring(upper, check_errors), A);
            return (results[0], results[1]);
        }

        internal static readonly Primitive<CholeskySettings> Cholesky = new("linalg_cholesky")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireSquare(x, 0, "A");
                return [x[0], MatrixOperands.Info(x)];
            },
            Eager = x => CholeskyKernels.Invoke("cholesky", x[0], x.Settings.Upper, x.Settings.CheckErrors),
            Script = x => MatrixOperands.WithNaN(x, x.Let($"torch.linalg_cholesky_ex({x[0]}, upper={Script.Flag(x.Settings.Upper)}, "
                + $"check_errors={Script.Flag(x.Settings.CheckErrors)})")),
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Multi<CholeskySettings>((g, y, x) =>
            {
                if (g[0] is not { } by)
                {
                    return [null];
                }

                // L⁻ᵀ Φ(Lᵀ gL) L⁻¹, made symmetric first; Φ keeps the lower triangle and half of the diagonal.
                var (lower, byLower) = x.Settings.Upper ? (y[0].mT, by.mT) : (y[0], by);
                var inner = tril(matmul(lower.mT, byLower));
                var symmetric = (tril(inner, -1) + inner.mT) * 0.5;
                return [solve_triangular(lower, solve_triangular(lower.mT, symmetric, upper: true), upper: false, left: false)];
            }),
        };
    }

    /// <summary>The X with A X = B, given Cholesky's factor of A. Batches broadcast.</summary>
    /// <param name="B">[..., n, k], float32 or float64.</param>
    /// <param name="L">[..., n, n], a triangle whose other half is not read.</param>
    /// <param name="upper">Whether L is the upper triangular factor.</param>
    /// <returns>As B, with the batch of both.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The tensors are not both float32 or both float64.</exception>
    public static Tensor cholesky_solve(Tensor B, Tensor L, bool upper = false)
    {
        ArgumentNullException.ThrowIfNull(L);
        var (lower, higher) = upper ? (L.mT, L) : (L, L.mT);
        return linalg.solve_triangular(higher, linalg.solve_triangular(lower, B, upper: false), upper: true);
    }

    /// <summary>The inverse of A, given Cholesky's factor of A. Shape and dtype: as L.</summary>
    /// <param name="L">[..., n, n], a triangle whose other half is not read.</param>
    /// <param name="upper">Whether L is the upper triangular factor.</param>
    /// <exception cref="ShapeException">The last two dims of L differ.</exception>
    /// <exception cref="DTypeException">L is neither float32 nor float64.</exception>
    public static Tensor cholesky_inverse(Tensor L, bool upper = false)
    {
        ArgumentNullException.ThrowIfNull(L);
        return cholesky_solve(eye(L.ndim == 0 ? 0 : L.shape[^1], dtype: L.dtype, device: L.device), L, upper);
    }
}

/// <summary>The rules of the Cholesky factorization.</summary>
file static class CholeskyRules
{
    public static readonly EagerScript CholeskyKernels = new(
        """
        def cholesky(x, upper: bool, check: bool):
            y, info = torch.linalg_cholesky_ex(x, upper=upper, check_errors=check)
            return [torch.where(info.ne(0).unsqueeze(-1).unsqueeze(-1), float('nan'), y), info]

        """);

    public static CholeskySettings Factoring(bool upper, bool check) => new(upper, check);
}
