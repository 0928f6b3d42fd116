using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.LuRules;

namespace Brachy;

// Triangular factors with pivots. Gradient: F. de Hoog, R. Anderssen, M. Lukas, Differentiation of matrix functionals using
// triangular factorization (2011).
public static partial class F
{
    public static partial class linalg
    {
        /// <summary>
        /// The factors with P L U = A: a permutation, a lower triangle with ones on its diagonal, and an upper triangle. P has no gradient.
        /// </summary>
        /// <param name="A">[..., m, n], float32 or float64. The gradient exists where the first min(m, n) pivots are not 0.</param>
        /// <returns>P, [..., m, m]; L, [..., m, k]; U, [..., k, n] with k = min(m, n).</returns>
        /// <exception cref="ShapeException">A has fewer than two dims.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        public static (Tensor P, Tensor L, Tensor U) lu(Tensor A)
        {
            var results = LuFactor.BindAll(MatrixOperands.Checking(false), A);
            return lu_unpack(results[0], results[1]);
        }

        /// <summary>
        /// The factors of <see cref="lu"/> in one matrix, L below the diagonal and U from it on, and the swaps of rows,
        /// for <see cref="lu_solve"/>.
        /// </summary>
        /// <param name="A">[..., m, n], float32 or float64.</param>
        /// <returns>LU, [..., m, n], and pivots, [..., min(m, n)] as int32: row i was swapped with row pivots[i], counted from 1.</returns>
        /// <exception cref="ShapeException">A has fewer than two dims.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        /// <exception cref="NativeOpException">A pivot is 0.</exception>
        public static (Tensor LU, Tensor pivots) lu_factor(Tensor A)
        {
            var results = LuFactor.BindAll(MatrixOperands.Checking(true), A);
            return (results[0], results[1]);
        }

        /// <summary>The same as <see cref="lu_factor"/>, without an exception for a pivot that is 0.</summary>
        /// <param name="A">[..., m, n], float32 or float64.</param>
        /// <param name="check_errors">Whether a pivot that is 0 throws.</param>
        /// <returns>LU and pivots, and for each matrix 0, or the number of the pivot that is 0, as int32.</returns>
        /// <inheritdoc cref="lu_factor" path="/exception"/>
        public static (Tensor LU, Tensor pivots, Tensor info) lu_factor_ex(Tensor A, bool check_errors = false)
        {
            var results = LuFactor.BindAll(MatrixOperands.Checking(check_errors), A);
            return (results[0], results[1], results[2]);
        }

        internal static readonly Primitive<CheckingSettings> LuFactor = new("linalg_lu_factor")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireMatrices(x, 0, "A");
                var least = Math.Min(x[0].Shape[x[0].Rank - 2], x[0].Shape[^1]);
                return [x[0], new TensorType(MatrixOperands.Factor(x, least).Shape, DType.Int32, x.Device), MatrixOperands.Info(x)];
            },
            Eager = x => LuKernels.Invoke("factor", x[0], x.Settings.CheckErrors),
            Script = x => $"torch.linalg_lu_factor_ex({x[0]}, pivot=True, check_errors={Script.Flag(x.Settings.CheckErrors)})",
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Multi((g, y, x) => [g[0] is { } by ? LuGradient(by, y[0], y[1]) : null]),
        };

        /// <summary>The X with A X = B, or X A = B, given the factors of A. Batches broadcast.</summary>
        /// <param name="LU">[..., n, n], from <see cref="lu_factor"/>.</param>
        /// <param name="pivots">[..., n], int32.</param>
        /// <param name="B">[..., n, k] of LU's type; with <paramref name="left"/> false, [..., k, n].</param>
        /// <param name="left">Whether A stands on the left.</param>
        /// <param name="adjoint">Whether to solve with the transpose of A.</param>
        /// <returns>As B, with the batch of both.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="DTypeException">An element type does not fit.</exception>
        /// <exception cref="NativeOpException">A pivot is no row.</exception>
        public static Tensor lu_solve(Tensor LU, Tensor pivots, Tensor B, bool left = true, bool adjoint = false)
        {
            MatrixOperands.RequireMatrices("linalg_lu_solve", LU, "LU", square: true);
            MatrixOperands.RequireMatrices("linalg_lu_solve", B, "B");
            var permutation = LuPermutation.Bind(LU, pivots);
            var b = left ? B : B.mT;
            if (left != adjoint)
            {
                var lower = solve_triangular(LU, matmul(permutation.mT, b), upper: false, unitriangular: true);
                b = solve_triangular(LU, lower, upper: true);
            }
            else
            {
                var upper = solve_triangular(LU.mT, b, upper: false);
                b = matmul(permutation, solve_triangular(LU.mT, upper, upper: true, unitriangular: true));
            }

            return left ? b : b.mT;
        }

        internal static readonly Primitive<NoSettings> LuPermutation = new("linalg_lu_permutation")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireMatrices(x, 0, "LU");
                var (rows, least) = (x[0].Shape[x[0].Rank - 2], Math.Min(x[0].Shape[x[0].Rank - 2], x[0].Shape[^1]));
                if (x[1].DType != DType.Int32)
                {
                    throw new DTypeException($"{x.Primitive.Name}: pivots must be int32, but are {x[1]}.");
                }

                _ = x.Device;
                return x[1].Shape == MatrixOperands.Factor(x, least).Shape
                    ? MatrixOperands.Factor(x, rows, rows)
                    : throw new ShapeException(
                        $"{x.Primitive.Name}: LU is {x[0]}, so that pivots must be {MatrixOperands.Factor(x, least).Shape}, but they are "
                        + $"{x[1]}.");
            },
            Eager = x => LuKernels.Invoke("permutation", x[0], x[1]),
            Script = x =>
            {
                var pivots = $"torch.index_select(torch.arange(1, {x.Types[0].Shape[x.Types[0].Rank - 2] + 1}, dtype=3), 0, ({x[1]} - "
                    + $"1).reshape([-1])).reshape({Script.Ints(x.Types[1].Shape)})";
                return $"torch.lu_unpack({x[0]}, {pivots}, False, True)[0]";
            },
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Zero("an order of rows is constant almost everywhere"),
        };
    }
}

/// <summary>The rules of the LU factorization.</summary>
file static class LuRules
{
    // A pivot is checked by what looks it up: libtorch's own lu_unpack writes where it says.
    public static readonly EagerScript LuKernels = new(
        """
        def factor(x, check: bool):
            lu, pivots, info = torch.linalg_lu_factor_ex(x, pivot=True, check_errors=check)
            return [lu, pivots, info]

        def permutation(lu, pivots):
            rows = torch.arange(1, lu.size(-2) + 1, dtype=3)
            checked = torch.index_select(rows, 0, (pivots - 1).reshape(-1)).reshape(pivots.size())
            return [torch.lu_unpack(lu.detach(), checked, False, True)[0]]

        """);

    public static (Tensor P, Tensor L, Tensor U) lu_unpack(Tensor factors, Tensor pivots)
    {
        var (rows, columns) = (factors.shape[factors.ndim - 2], factors.shape[^1]);
        var least = Math.Min(rows, columns);
        var lower = tril(narrow(factors, -1, 0, least), -1) + eye(rows, least, factors.dtype, factors.device);
        return (linalg.LuPermutation.Bind(factors, pivots), lower, triu(narrow(factors, -2, 0, least)));
    }

    public static Tensor LuGradient(Tensor by, Tensor factors, Tensor pivots)
    {
        var (permutation, lower, upper) = lu_unpack(factors, pivots);
        var (rows, columns) = (factors.shape[factors.ndim - 2], factors.shape[^1]);
        var least = Math.Min(rows, columns);
        var byLower = tril(narrow(by, -1, 0, least), -1);
        var byUpper = triu(narrow(by, -2, 0, least));
        if (rows == columns)
        {
            return linalg.matmul(permutation, SquareLuGradient(byLower, byUpper, lower, upper));
        }

        if (rows < columns)
        {
            // A = P [L U1, L U2]: U2 = L⁻¹ Pᵀ A2.
            var byRest = linalg.solve_triangular(lower.mT, narrow(byUpper, -1, least, columns - least), upper: true, unitriangular: true);
            byLower = byLower - tril(linalg.matmul(byRest, narrow(upper, -1, least, columns - least).mT), -1);
            var first = SquareLuGradient(byLower, narrow(byUpper, -1, 0, least), lower, narrow(upper, -1, 0, least));
            return linalg.matmul(permutation, cat([first, byRest], -1));
        }
        else
        {
            // Pᵀ A = [L1 U; L2 U]: L2 = (Pᵀ A)2 U⁻¹.
            var byRest = linalg.solve_triangular(upper.mT, narrow(byLower, -2, least, rows - least), upper: false, left: false);
            byUpper = byUpper - triu(linalg.matmul(narrow(lower, -2, least, rows - least).mT, byRest));
            var first = SquareLuGradient(narrow(byLower, -2, 0, least), byUpper, narrow(lower, -2, 0, least), upper);
            return linalg.matmul(permutation, cat([first, byRest], -2));
        }
    }

    private static Tensor SquareLuGradient(Tensor byLower, Tensor byUpper, Tensor lower, Tensor upper)
    {
        var inner = tril(linalg.matmul(lower.mT, byLower), -1) + triu(linalg.matmul(byUpper, upper.mT));
        var left = linalg.solve_triangular(lower.mT, inner, upper: true, unitriangular: true);
        return linalg.solve_triangular(upper.mT, left, upper: false, left: false);
    }
}
