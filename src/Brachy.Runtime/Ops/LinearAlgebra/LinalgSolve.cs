using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.SolveRules;

namespace Brachy;

/// <summary>Which triangle is read, and whether its diagonal counts as ones.</summary>
internal sealed record SolveTriangularSettings(bool Upper, bool Unitriangular) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("upper", Upper), ("unitriangular", Unitriangular)];
}

// Inverses and linear equations. Gradients: M. Giles, An extended collection of matrix derivative results (2008), sections 2.2 and 2.3.
public static partial class F
{
    public static partial class linalg
    {
        /// <summary>The inverses of square matrices. Shape and dtype: as A.</summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <exception cref="ShapeException">The last two dims of A differ.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        /// <exception cref="NativeOpException">A matrix is singular.</exception>
        public static Tensor inv(Tensor A) => Inv.BindAll(MatrixOperands.Checking(true), A)[0];

        /// <summary>The inverses of square matrices, NaN for singular ones.</summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <param name="check_errors">Whether a singular matrix throws.</param>
        /// <returns>The inverses, and for each matrix 0, or the number of the pivot that is 0, as int32.</returns>
        /// <inheritdoc cref="inv" path="/exception"/>
        public static (Tensor inverse, Tensor info) inv_ex(Tensor A, bool check_errors = false)
        {
            var results = Inv.BindAll(MatrixOperands.Checking(check_errors), A);
            return (results[0], results[1]);
        }

        internal static readonly Primitive<CheckingSettings> Inv = new("linalg_inv")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireSquare(x, 0, "A");
                return [x[0], MatrixOperands.Info(x)];
            },
            Eager = x => SolvingKernels.Invoke("inv", x[0], x.Settings.CheckErrors),
            Script = x =>
            {
                var pair = x.Let($"torch.linalg_inv_ex({x[0]}, check_errors={Script.Flag(x.Settings.CheckErrors)})");
                return MatrixOperands.WithNaN(x, pair);
            },
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Multi((g, y, x) => [g[0] is { } by ? -matmul(matmul(y[0].mT, by), y[0].mT) : null]),
        };

        /// <summary>The X with A X = B, or X A = B. Batches broadcast.</summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <param name="B">
        /// [..., n, k] of the same type; or vectors, [n] or [..., n] with the batch of A. With <paramref name="left"/> false, [..., k, n].
        /// </param>
        /// <param name="left">Whether A stands on the left.</param>
        /// <returns>As B, with the batch of both.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="DTypeException">The tensors are not both float32 or both float64.</exception>
        /// <exception cref="NativeOpException">A matrix is singular.</exception>
        public static Tensor solve(Tensor A, Tensor B, bool left = true) => Solved("linalg_solve", A, B, left, check: true).result;

        /// <summary>The X with A X = B, or X A = B; NaN where A is singular.</summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <param name="B">As in <see cref="solve"/>.</param>
        /// <param name="left">Whether A stands on the left.</param>
        /// <param name="check_errors">Whether a singular matrix throws.</param>
        /// <returns>X, and for each matrix 0, or the number of the pivot that is 0, as int32.</returns>
        /// <inheritdoc cref="solve" path="/exception"/>
        public static (Tensor result, Tensor info) solve_ex(Tensor A, Tensor B, bool left = true, bool check_errors = false) =>
            Solved("linalg_solve_ex", A, B, left, check_errors);

        internal static readonly Primitive<CheckingSettings> Solve = new("linalg_solve")
        {
            Abstract = x =>
            {
                RequireEquations(x);
                return [x[1], MatrixOperands.Info(x)];
            },
            Eager = x => SolvingKernels.Invoke("solve", x[0], x[1], x.Settings.CheckErrors),
            Script = x =>
            {
                var pair = x.Let($"torch.linalg_solve_ex({x[0]}, {x[1]}, left=True, check_errors={Script.Flag(x.Settings.CheckErrors)})");
                return MatrixOperands.WithNaN(x, pair);
            },
            Batching = MatrixBatching.Equations,
            Vjp = Vjp.Multi<CheckingSettings>((g, y, x) =>
            {
                if (g[0] is not { } by)
                {
                    return [null, null];
                }

                var byB = SolveWith(x.Settings, x[0].mT, by)[0];
                return [x.If(0, () => -matmul(byB, y[0].mT)), byB];
            }),
        };

        /// <summary>
        /// The X with A X = B, or X A = B, for triangular A, whose other half is not read. Batches broadcast. A 0 on the diagonal
        /// gives infinities and NaN.
        /// </summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <param name="B">[..., n, k] of the same type; with <paramref name="left"/> false, [..., k, n].</param>
        /// <param name="upper">Whether A is upper triangular.</param>
        /// <param name="left">Whether A stands on the left.</param>
        /// <param name="unitriangular">Whether the diagonal counts as 1 and is not read.</param>
        /// <returns>As B, with the batch of both.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="DTypeException">The tensors are not both float32 or both float64.</exception>
        public static Tensor solve_triangular(Tensor A, Tensor B, bool upper, bool left = true, bool unitriangular = false)
        {
            MatrixOperands.RequireMatrices("linalg_solve_triangular", A, "A", square: true);
            MatrixOperands.RequireMatrices("linalg_solve_triangular", B, "B");
            var (a, b) = MatrixOperands.WithOneBatch("linalg_solve_triangular", left ? A : A.mT, left ? B : B.mT);
            var x = SolveTriangle(new SolveTriangularSettings(left == upper, unitriangular), a, b);
            return left ? x : x.mT;
        }

        internal static readonly Primitive<SolveTriangularSettings> SolveTriangular = new("linalg_solve_triangular")
        {
            Abstract = x =>
            {
                RequireEquations(x);
                return x[1];
            },
            Eager = x => SolvingKernels.Invoke("triangular", x[0], x[1], x.Settings.Upper, x.Settings.Unitriangular),
            Script = x => $"torch.linalg_solve_triangular({x[0]}, {x[1]}, upper={Script.Flag(x.Settings.Upper)}, left=True, "
                + $"unitriangular={Script.Flag(x.Settings.Unitriangular)})",
            Batching = MatrixBatching.Equations,
            Vjp = Vjp.Rule<SolveTriangularSettings>((g, y, x) =>
            {
                var (upper, unit) = (x.Settings.Upper, x.Settings.Unitriangular);
                var byB = SolveTriangle(x.Settings with { Upper = !upper }, x[0].mT, g);
                return
                [
                    x.If(0, () =>
                    {
                        var full = -matmul(byB, y.mT);
                        return upper ? triu(full, unit ? 1 : 0) : tril(full, unit ? -1 : 0);
                    }),
                    byB,
                ];
            }),
        };
    }

    /// <summary>The same as <see cref="linalg.inv"/>.</summary>
    /// <inheritdoc cref="linalg.inv"/>
    public static Tensor inverse(Tensor A) => linalg.inv(A);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.linalg.inv"/>
    public Tensor inverse() => F.linalg.inv(this);
}

/// <summary>The rules of systems of equations.</summary>
file static class SolveRules
{
    // Where LAPACK finds a singular matrix and errors are not wanted, it leaves what it had until then.
    public static readonly EagerScript SolvingKernels = new(
        """
        def inv(x, check: bool):
            y, info = torch.linalg_inv_ex(x, check_errors=check)
            return [torch.where(info.ne(0).unsqueeze(-1).unsqueeze(-1), float('nan'), y), info]

        def solve(a, b, check: bool):
            y, info = torch.linalg_solve_ex(a, b, left=True, check_errors=check)
            return [torch.where(info.ne(0).unsqueeze(-1).unsqueeze(-1), float('nan'), y), info]

        def triangular(a, b, upper: bool, unit: bool):
            return [torch.linalg_solve_triangular(a, b, upper=upper, left=True, unitriangular=unit)]

        """);

    public static Tensor[] SolveWith(CheckingSettings settings, Tensor a, Tensor b) => linalg.Solve.BindAll(settings, a, b);

    public static Tensor SolveTriangle(SolveTriangularSettings settings, Tensor a, Tensor b) => linalg.SolveTriangular.Bind(settings, a, b);

    public static void RequireEquations(AbstractArgs x)
    {
        MatrixOperands.RequireSquare(x, 0, "A");
        MatrixOperands.RequireMatrices(x, 1, "B");
        Shapes.RequireSameDType(x, 0, 1);
        _ = x.Device;
        var a = x[0].Shape.AsSpan();
        var b = x[1].Shape.AsSpan();
        if (a[^1] != b[^2] || !a[..^2].SequenceEqual(b[..^2]))
        {
            throw new ShapeException($"{x.Primitive.Name}: A is {x[0]} and B is {x[1]}; B must have as many rows as A.");
        }
    }

    public static (Tensor result, Tensor info) Solved(string op, Tensor a, Tensor b, bool left, bool check)
    {
        MatrixOperands.RequireMatrices(op, a, "A", square: true);
        ArgumentNullException.ThrowIfNull(b);
        var isVector = b.ndim == 1 || (b.ndim == a.ndim - 1 && b.shape.AsSpan().SequenceEqual(a.shape.AsSpan()[..^1]));
        if (isVector && !left)
        {
            throw new ShapeException($"{op}: B is {b.Type}, which counts as vectors; with left: false it must be [..., k, n].");
        }

        var columns = isVector ? MatrixOperands.Column(b) : b;
        MatrixOperands.RequireMatrices(op, columns, "B");
        var (matrices, sides) = MatrixOperands.WithOneBatch(op, left ? a : a.mT, left ? columns : columns.mT);
        var results = SolveWith(MatrixOperands.Checking(check), matrices, sides);
        return (isVector ? squeeze(results[0], -1) : left ? results[0] : results[0].mT, results[1]);
    }
}
