using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.QrRules;

namespace Brachy;

/// <summary>Whether the columns form a whole base.</summary>
internal sealed record QrSettings(bool Complete) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("complete", Complete)];
}

// Orthogonal times triangular. Gradient: M. Seeger et al., Auto-differentiating linear algebra, arXiv:1710.08717.
public static partial class F
{
    public static partial class linalg
    {
        /// <summary>
        /// Q with orthonormal columns and an upper triangular R whose product is A. The signs of the rows of R are LAPACK's choice. There
        /// is a gradient where the first min(m, n) columns are independent; with mode "complete" only for m ≤ n.
        /// </summary>
        /// <param name="A">[..., m, n], float32 or float64.</param>
        /// <param name="mode">
        /// "reduced": Q is [..., m, k] and R [..., k, n] with k = min(m, n); "complete": Q is [..., m, m] and R [..., m, n]; "r": R as
        /// reduced, and an empty Q.
        /// </param>
        /// <exception cref="ShapeException">A has fewer than two dims.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        /// <exception cref="ArgumentException">There is no such mode.</exception>
        public static (Tensor Q, Tensor R) qr(Tensor A, string mode = "reduced")
        {
            if (mode is not ("reduced" or "complete" or "r"))
            {
                throw new ArgumentException(
                    $"linalg_qr: there is no mode \"{mode}\"; use \"reduced\", \"complete\" or \"r\".", nameof(mode));
            }

            var results = Qr.BindAll(new QrSettings(mode == "complete"), A);
            return (mode == "r" ? zeros([0], A.dtype, A.device) : results[0], results[1]);
        }

        internal static readonly Primitive<QrSettings> Qr = new("linalg_qr")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireMatrices(x, 0, "A");
                var (rows, columns) = (x[0].Shape[x[0].Rank - 2], x[0].Shape[^1]);
                var inner = x.Settings.Complete ? rows : Math.Min(rows, columns);
                return [MatrixOperands.Factor(x, rows, inner), MatrixOperands.Factor(x, inner, columns)];
            },
            Eager = x => QrKernels.Invoke(x.Settings.Complete ? "complete" : "reduced", x[0]),
            Script = x => $"torch.linalg_qr({x[0]}, '{(x.Settings.Complete ? "complete" : "reduced")}')",
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Multi<QrSettings>((g, y, x) => [QrGradient(g[0], g[1], y[0], y[1], x)]),
        };
    }
}

/// <summary>The rules of the QR factorization.</summary>
file static class QrRules
{
    public static readonly EagerScript QrKernels = new(
        """
        def reduced(x):
            q, r = torch.linalg_qr(x, 'reduced')
            return [q, r]

        def complete(x):
            q, r = torch.linalg_qr(x, 'complete')
            return [q, r]

        """);

    public static Tensor? QrGradient(Tensor? byQ, Tensor? byR, Tensor q, Tensor r, VjpArgs<QrSettings> x)
    {
        if (byQ is null && byR is null)
        {
            return null;
        }

        var (rows, columns) = (x[0].shape[x[0].ndim - 2], x[0].shape[^1]);
        if (x.Settings.Complete && rows > columns)
        {
            throw new DifferentiationException($"linalg_qr: with mode \"complete\" and more rows than columns ({x[0].Type}) the last "
                + "columns of Q are not determined; use \"reduced\".");
        }

        if (rows >= columns)
        {
            return SquareQrGradient(byQ, byR, q, r);
        }

        // A = [A1, A2]: Q and R1 are the factors of A1, and R2 = Qᵀ A2.
        var first = byR is null ? null : narrow(byR, -1, 0, rows);
        var rest = narrow(x[0], -1, rows, columns - rows);
        var byRest = byR is null ? zeros_like(rest) : narrow(byR, -1, rows, columns - rows);
        var throughQ = byR is null ? byQ! : linalg.matmul(rest, byRest.mT) + (byQ ?? 0);
        return cat([SquareQrGradient(throughQ, first, q, narrow(r, -1, 0, rows)), linalg.matmul(q, byRest)], -1);
    }

    private static Tensor SquareQrGradient(Tensor? byQ, Tensor? byR, Tensor q, Tensor r)
    {
        var byRRt = byR is null ? null : linalg.matmul(byR, r.mT);
        var inner = triu(byQ is null ? byRRt! : byRRt is null ? -linalg.matmul(q.mT, byQ) : byRRt - linalg.matmul(q.mT, byQ));
        var product = linalg.matmul(q, inner + triu(inner, 1).mT);
        return linalg.solve_triangular(r.mT, byQ is null ? product : product + byQ, upper: false, left: false);
    }
}
