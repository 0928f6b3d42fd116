using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.SpectralRules;

namespace Brachy;

/// <summary>Which triangle is read.</summary>
internal sealed record EighSettings(bool Upper) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("upper", Upper)];
}

/// <summary>Whether the vectors form whole bases.</summary>
internal sealed record SvdSettings(bool FullMatrices) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("full_matrices", FullMatrices)];
}

// Eigenvalues and singular values. Gradients: M. Giles (2008), section 3.1; J. Townsend, Differentiating the singular
// value decomposition (2016).
public static partial class F
{
    public static partial class linalg
    {
        /// <summary>
        /// Eigenvalues and eigenvectors of symmetric matrices: A = V diag(λ) Vᵀ. The gradient is that of symmetric matrices, symmetric
        /// itself, and by the vectors infinite or NaN where eigenvalues are equal; vectors are determined up to their signs, so a function
        /// of them should not depend on these.
        /// </summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <param name="UPLO">Which triangle is read, "L" or "U".</param>
        /// <returns>The eigenvalues in ascending order, [..., n], and the vectors as columns, [..., n, n].</returns>
        /// <exception cref="ShapeException">The last two dims of A differ.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        /// <exception cref="ArgumentException">UPLO is something else.</exception>
        /// <exception cref="NativeOpException">A is not finite.</exception>
        public static (Tensor eigenvalues, Tensor eigenvectors) eigh(Tensor A, string UPLO = "L")
        {
            if (UPLO is not ("L" or "U" or "l" or "u"))
            {
                throw new ArgumentException($"linalg_eigh: UPLO is \"{UPLO}\", but must be \"L\" or \"U\".", nameof(UPLO));
            }

            var results = Eigh.BindAll(new EighSettings(UPLO is "U" or "u"), A);
            return (results[0], results[1]);
        }

        /// <summary>Eigenvalues of symmetric matrices in ascending order, [..., n]; their gradient always exists.</summary>
        /// <inheritdoc cref="eigh"/>
        /// <returns>[..., n].</returns>
        public static Tensor eigvalsh(Tensor A, string UPLO = "L") => eigh(A, UPLO).eigenvalues;

        internal static readonly Primitive<EighSettings> Eigh = new("linalg_eigh")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireSquare(x, 0, "A");
                return [MatrixOperands.Factor(x, x[0].Shape[^1]), x[0]];
            },
            Eager = x => SpectralKernels.Invoke("eigh", x[0], x.Settings.Upper),
            Script = x => $"torch.linalg_eigh({x[0]}, '{(x.Settings.Upper ? "U" : "L")}')",
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Multi((g, y, x) =>
            {
                var (values, vectors) = (y[0], y[1]);
                if (g[1] is not { } byVectors)
                {
                    return [g[0] is { } only ? matmul(vectors * MatrixOperands.Row(only), vectors.mT) : null];
                }

                var onDiagonal = MatrixOperands.IsDiagonal(values.shape[^1], values);
                var turn = matmul(vectors.mT, byVectors);
                var rotation = (turn - turn.mT) * 0.5 / where(onDiagonal, 1, MatrixOperands.Row(values) - MatrixOperands.Column(values));
                var inner = where(
                    onDiagonal, g[0] is { } byValues ? MatrixOperands.Row(byValues) : zeros([], values.dtype, values.device), rotation);
                return [matmul(matmul(vectors, inner), vectors.mT)];
            }),
        };

        /// <summary>
        /// Singular values and vectors: A = U diag(S) Vᵀ. The gradient by the vectors is infinite or NaN where singular values are equal
        /// (or 0, if A is not square); vectors are determined up to signs, and the further ones of <paramref name="full_matrices"/> not
        /// even so: those have no gradient.
        /// </summary>
        /// <param name="A">[..., m, n], float32 or float64.</param>
        /// <param name="full_matrices">Whether U and Vh are square.</param>
        /// <returns>
        /// U, [..., m, k]; S in descending order, [..., k]; Vh = Vᵀ, [..., k, n], with k = min(m, n), or with m and n in
        /// place of k for full matrices.
        /// </returns>
        /// <exception cref="ShapeException">A has fewer than two dims.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        /// <exception cref="NativeOpException">A is not finite.</exception>
        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor A, bool full_matrices = true)
        {
            var results = Svd.BindAll(new SvdSettings(full_matrices), A);
            return (results[0], results[1], results[2]);
        }

        /// <summary>Singular values in descending order; their gradient always exists.</summary>
        /// <param name="A">[..., m, n], float32 or float64.</param>
        /// <returns>[..., min(m, n)].</returns>
        /// <inheritdoc cref="svd" path="/exception"/>
        public static Tensor svdvals(Tensor A) => svd(A, full_matrices: false).S;

        internal static readonly Primitive<SvdSettings> Svd = new("linalg_svd")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireMatrices(x, 0, "A");
                var (rows, columns) = (x[0].Shape[x[0].Rank - 2], x[0].Shape[^1]);
                var (least, full) = (Math.Min(rows, columns), x.Settings.FullMatrices);
                return [MatrixOperands.Factor(x, rows, full ? rows : least), MatrixOperands.Factor(x, least), MatrixOperands.Factor(
                    x, full ? columns : least, columns)];
            },
            Eager = x => SpectralKernels.Invoke("svd", x[0], x.Settings.FullMatrices),
            Script = x => $"torch.linalg_svd({x[0]}, {Script.Flag(x.Settings.FullMatrices)})",
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Multi((g, y, x) =>
            {
                var least = y[1].shape[^1];
                Tensor? Columns(Tensor? t) => t is null || t.shape[^1] == least ? t : narrow(t, -1, 0, least);
                Tensor? Rows(Tensor? t) => t is null || t.shape[t.ndim - 2] == least ? t : narrow(t, -2, 0, least);
                return [SvdGradient(Columns(g[0]), g[1], Rows(g[2]), Columns(y[0])!, y[1], Rows(y[2])!)];
            }),
        };
    }
}

/// <summary>The rules of singular values and eigenvalues.</summary>
file static class SpectralRules
{
    public static readonly EagerScript SpectralKernels = new(
        """
        def eigh(x, upper: bool):
            l, v = torch.linalg_eigh(x, 'U') if upper else torch.linalg_eigh(x, 'L')
            return [l, v]

        def svd(x, full: bool):
            u, s, vh = torch.linalg_svd(x, full)
            return [u, s, vh]

        """);

    public static Tensor? SvdGradient(Tensor? byU, Tensor? byS, Tensor? byVh, Tensor u, Tensor s, Tensor vh)
    {
        if (byU is null && byVh is null)
        {
            return byS is null ? null : linalg.matmul(u * MatrixOperands.Row(byS), vh);
        }

        var squares = s * s;
        var gaps = where(MatrixOperands.IsDiagonal(s.shape[^1], s), 1, MatrixOperands.Row(squares) - MatrixOperands.Column(squares));
        Tensor Skew(Tensor x) => (x - x.mT) / gaps;
        var fromU = byU is null ? null : Skew(linalg.matmul(u.mT, byU)) * MatrixOperands.Row(s);
        var fromV = byVh is null ? null : MatrixOperands.Column(s) * Skew(linalg.matmul(vh, byVh.mT));
        var inner = fromU is null ? fromV! : fromV is null ? fromU : fromU + fromV;
        var gradient = linalg.matmul(u, linalg.matmul(byS is null ? inner : inner + diag_embed(byS), vh));
        if (byU is not null && u.shape[u.ndim - 2] > s.shape[^1])
        {
            gradient += linalg.matmul((byU - linalg.matmul(u, linalg.matmul(u.mT, byU))) / MatrixOperands.Row(s), vh);
        }

        return byVh is not null && vh.shape[^1] > s.shape[^1]
            ? gradient + linalg.matmul(u / MatrixOperands.Row(s), byVh - linalg.matmul(linalg.matmul(byVh, vh.mT), vh))
            : gradient;
    }
}
