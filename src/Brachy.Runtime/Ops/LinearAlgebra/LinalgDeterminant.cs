using Brachy.Extending;
using Brachy.Native;
using static Brachy.DeterminantRules;
using static Brachy.F;

namespace Brachy;

// Determinants.
public static partial class F
{
    public static partial class linalg
    {
        /// <summary>Determinants of square matrices. Its gradient, the matrix of cofactors, is right for singular matrices too.</summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <returns>[...]; 1 for matrices without elements.</returns>
        /// <exception cref="ShapeException">The last two dims of A differ.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        public static Tensor det(Tensor A) => Det.Bind(A);

        internal static readonly Primitive<NoSettings> Det = new("linalg_det")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireSquare(x, 0, "A");
                return MatrixOperands.Factor(x);
            },
            Eager = x => DeterminantKernels.Invoke("det", x[0]),
            Script = x => $"torch.linalg_det({x[0]})",
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Rule((g, y, x) => [MatrixOperands.Column(MatrixOperands.Column(g)) * cofactor(x[0])]),
        };

        /// <summary>
        /// Sign and logarithm of the absolute value of determinants; the way to determinants that would overflow. The sign has no gradient;
        /// that of the logarithm, the transposed inverse, is NaN for singular matrices.
        /// </summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <returns>Two tensors [...]; 0 and -∞ for singular matrices.</returns>
        /// <exception cref="ShapeException">The last two dims of A differ.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        public static (Tensor sign, Tensor logabsdet) slogdet(Tensor A)
        {
            var results = SLogDet.BindAll(A);
            return (results[0], results[1]);
        }

        internal static readonly Primitive<NoSettings> SLogDet = new("linalg_slogdet")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireSquare(x, 0, "A");
                return [MatrixOperands.Factor(x), MatrixOperands.Factor(x)];
            },
            Eager = x => DeterminantKernels.Invoke("slogdet", x[0]),
            Script = x => $"torch.linalg_slogdet({x[0]})",
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Multi(
                (g, y, x) => [g[1] is { } byLog ? MatrixOperands.Column(MatrixOperands.Column(byLog)) * inv_ex(x[0]).inverse.mT : null]),
        };

        /// <summary>
        /// The matrix of cofactors, det(A) A⁻ᵀ where A has an inverse. With A = U diag(s) Vᵀ it is det(U) det(V) U diag(p) Vᵀ, where p has
        /// the products of all other singular values: no division, so nothing special about singular matrices. Giles (2008), section 2.2.4.
        /// </summary>
        internal static readonly Primitive<NoSettings> Cofactor = new("linalg_cofactor")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireSquare(x, 0, "A");
                return x[0];
            },
            Eager = x => DeterminantKernels.Invoke("cofactor", x[0]),
            Script = x =>
            {
                var (svd, size) = (x.Let($"torch.linalg_svd({x[0]}, False)"), x.Types[0].Shape[^1]);
                var others = $"torch.where(torch.eye({size}, dtype=11), 1.0, {svd}[1].unsqueeze(-2).expand({Script.Ints(x.Types[0].Shape)}"
                    + ")).prod(-1)";
                var sign = $"(torch.linalg_det({svd}[0]) * torch.linalg_det({svd}[2])).unsqueeze(-1).unsqueeze(-1)";
                return $"{sign} * torch.matmul({svd}[0] * {others}.unsqueeze(-2), {svd}[2])";
            },
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Rule((g, y, x) =>
            {
                // At a diagonal matrix, cofactor (i, i) changes with each other diagonal element and cofactor (i, j) with element (j, i),
                // both times the product p[i, j] of the singular values that are neither the i-th nor the j-th.
                var (u, s, vh) = svd(x[0], full_matrices: false);
                var size = s.shape[^1];
                var onDiagonal = MatrixOperands.IsDiagonal(size, s);
                var without = where(onDiagonal, 1, expand(MatrixOperands.Row(s), x[0].shape));
                var pairs = where(onDiagonal, 0, ProductsOfOthers(without));
                var rotated = matmul(matmul(u.mT, g), vh.mT);
                var inner = diag_embed(squeeze(matmul(pairs, MatrixOperands.Column(diagonal(rotated))), -1)) - (pairs * rotated.mT);
                return [MatrixOperands.Column(MatrixOperands.Column(stop_gradient(det(u) * det(vh)))) * matmul(matmul(u, inner), vh)];
            }),
        };
    }

    /// <summary>The same as <see cref="linalg.det"/>.</summary>
    /// <inheritdoc cref="linalg.det"/>
    public static Tensor det(Tensor A) => linalg.det(A);

    /// <summary>The same as <see cref="linalg.slogdet"/>.</summary>
    /// <inheritdoc cref="linalg.slogdet"/>
    public static (Tensor sign, Tensor logabsdet) slogdet(Tensor A) => linalg.slogdet(A);

    /// <summary>The logarithm of determinants: -∞ for singular matrices, NaN where it is negative.</summary>
    /// <inheritdoc cref="linalg.det"/>
    public static Tensor logdet(Tensor A)
    {
        var (sign, logarithm) = linalg.slogdet(A);
        return where(sign < 0, double.NaN, logarithm);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.linalg.det"/>
    public Tensor det() => F.linalg.det(this);

    /// <inheritdoc cref="F.linalg.slogdet"/>
    public (Tensor sign, Tensor logabsdet) slogdet() => F.linalg.slogdet(this);

    /// <inheritdoc cref="F.logdet"/>
    public Tensor logdet() => F.logdet(this);
}

/// <summary>The rules of determinants.</summary>
file static class DeterminantRules
{
    public static readonly EagerScript DeterminantKernels = new(
        """
        def det(x):
            return [torch.linalg_det(x)]

        def slogdet(x):
            sign, log = torch.linalg_slogdet(x)
            return [sign, log]

        def cofactor(x):
            u, s, vh = torch.linalg_svd(x, False)
            n = x.size(-1)
            others = s.unsqueeze(-2).expand(x.size())
            others = torch.where(torch.eye(n, dtype=11), 1.0, others).prod(-1)
            sign = (torch.linalg_det(u) * torch.linalg_det(vh)).unsqueeze(-1).unsqueeze(-1)
            return [sign * torch.matmul(u * others.unsqueeze(-2), vh)]

        """);

    public static Tensor cofactor(Tensor x) => linalg.Cofactor.Bind(x);

    /// <summary>For each element along the last dim the product of all others, also where some are 0.</summary>
    public static Tensor ProductsOfOthers(Tensor x)
    {
        var count = x.shape[^1];
        if (count == 0)
        {
            return x;
        }

        Tensor Before(Tensor t) => cat([ones_like(narrow(t, -1, 0, 1)), cumprod(narrow(t, -1, 0, count - 1), -1)], -1);
        return Before(x) * flip(Before(flip(x, -1)), -1);
    }
}
