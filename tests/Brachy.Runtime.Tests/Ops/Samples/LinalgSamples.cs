using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class LinalgSamples
{
    private const string ThirdOfDet = "the third derivative of a determinant goes through singular vectors, which are not unique here";

    // Only one triangle is read, and the gradient is that of symmetric matrices.
    private static readonly Func<Tensor[], Tensor[]> s_symmetric = x => [(x[0] + x[0].mT) * 0.5];

    public static IEnumerable<OpSample> All =>
    [
        .. Square(F.linalg.Inv, new CheckingSettings(true)),
        Row(F.linalg.Inv, "not checked", () => [Regular(3)], new CheckingSettings(false)),
        Row(F.linalg.Inv, "one singular", () => [F.stack([Regular(2), F.zeros([2, 2], DType.Float64)])], new CheckingSettings(false)) with
        {
            DifferentiateBy = []
        },
        Row(F.linalg.Solve, "square", () => [Regular(3), Seeded(5, 3, 2)], new CheckingSettings(true)),
        Row(
            F.linalg.Solve, "batch, strided", () => [F.stack([Regular(3), Regular(3, 9)]).mT, SeededStrided(5, 2, 3, 4)],
            new CheckingSettings(false)),
        Row(F.linalg.Solve, "float32", () => [Regular(3).to(DType.Float32), Float32(5, 3, 2)], new CheckingSettings(true)),
        Row(
            F.linalg.Solve, "one singular", () => [F.stack([Regular(2), F.ones([2, 2], DType.Float64)]), Seeded(5, 2, 2, 1)],
            new CheckingSettings(false)) with { DifferentiateBy = [] },
        Row(F.linalg.Solve, "nothing", () => [Reals(0, 0), Reals(0, 2)], new CheckingSettings(true)),
        Row(F.linalg.Solve, "no columns", () => [Regular(2), Reals(2, 0)], new CheckingSettings(true)),
        Row(F.linalg.Solve, "empty batch", () => [Reals(0, 3, 3), Reals(0, 3, 1)], new CheckingSettings(true)),
        .. from upper in new[] { false, true }
           from unit in new[] { false, true }
           select Row(
               F.linalg.SolveTriangular, $"upper {upper}, unit {unit}", () => [Regular(3), SeededStrided(5, 3, 2)],
               new SolveTriangularSettings(upper, unit)),
        Row(
            F.linalg.SolveTriangular, "batch", () => [F.stack([Regular(3), Regular(3, 9)]).mT, Seeded(5, 2, 3, 1)],
            new SolveTriangularSettings(true, false)),
        Row(F.linalg.SolveTriangular, "float32", () => [Regular(3).to(DType.Float32), Float32(5, 3, 2)], new SolveTriangularSettings(
            false, false)),
        Row(F.linalg.SolveTriangular, "nothing", () => [Reals(0, 0), Reals(0, 2)], new SolveTriangularSettings(true, false)),
        Row(
            F.linalg.SolveTriangular, "zero on the diagonal", () => [F.zeros([2, 2], DType.Float64), Reals(2, 1)],
            new SolveTriangularSettings(true, false)) with { DifferentiateBy = [] },
        .. from upper in new[] { false, true }
           from check in new[] { false, true }
           select Row(F.linalg.Cholesky, $"upper {upper}, checked {check}", () => [Definite(4)], new CholeskySettings(upper, check)) with
           {
               Through = s_symmetric
           },
        Row(F.linalg.Cholesky, "batch", () => [F.stack([Definite(3), Definite(3) * 2])], new CholeskySettings(false, true)) with
        {
            Through = s_symmetric
        },
        Row(F.linalg.Cholesky, "batch, float32", () => [F.stack([Definite(3), Definite(3) * 2]).to(DType.Float32)], new CholeskySettings(
            false, true)),
        Row(F.linalg.Cholesky, "not definite", () => [-Definite(3)], new CholeskySettings(false, false)) with { DifferentiateBy = [] },
        Row(F.linalg.Cholesky, "empty", () => [Reals(0, 0)], new CholeskySettings(false, true)) with { Through = s_symmetric },
        Row(F.linalg.Qr, "square", () => [Regular(4)], new QrSettings(false)),
        Row(F.linalg.Qr, "tall", () => [Reals(5, 2)], new QrSettings(false)),
        Row(F.linalg.Qr, "wide, transposed", () => [Strided(2, 5)], new QrSettings(false)),
        Row(F.linalg.Qr, "batch, float32", () => [Float32(1, 2, 3, 3)], new QrSettings(false)),
        Row(F.linalg.Qr, "batch", () => [Reals(2, 3, 2)], new QrSettings(false)),
        Row(F.linalg.Qr, "complete, wide", () => [Reals(2, 4)], new QrSettings(true)),
        Row(F.linalg.Qr, "complete, tall", () => [Reals(4, 2)], new QrSettings(true)) with { DifferentiateBy = [] },
        Row(F.linalg.Qr, "empty", () => [Reals(0, 3)], new QrSettings(false)),
        Row(F.linalg.Qr, "no columns", () => [Reals(3, 0)], new QrSettings(false)),
        Row(F.linalg.Qr, "empty batch", () => [Reals(0, 3, 2)], new QrSettings(false)),
        .. Square(F.linalg.LuFactor, new CheckingSettings(true)),
        Row(F.linalg.LuFactor, "tall", () => [Reals(5, 2)], new CheckingSettings(false)),
        Row(F.linalg.LuFactor, "wide, transposed", () => [Strided(2, 5)], new CheckingSettings(true)),
        Row(F.linalg.LuFactor, "singular", () => [F.ones([3, 3], DType.Float64)], new CheckingSettings(false)) with
        {
            DifferentiateBy = []
        },
        Row(F.linalg.LuFactor, "no columns", () => [Reals(3, 0)], new CheckingSettings(true)),
        Row(F.linalg.LuPermutation, "square", () => [Regular(3), Whole32([2, 3, 3], 3)]),
        Row(F.linalg.LuPermutation, "batch, tall, float32", () => [Float32(1, 2, 4, 2), Whole32([4, 2, 1, 3], 2, 2)]),
        Row(F.linalg.LuPermutation, "wide", () => [Reals(2, 4), Whole32([2, 2], 2)]),
        Row(F.linalg.LuPermutation, "empty", () => [Reals(0, 2, 2), Whole32([], 0, 2)]),
        .. from upper in new[] { false, true }
           select Row(F.linalg.Eigh, $"upper {upper}", () => [Even(Regular(4))], new EighSettings(upper)) with { Through = s_symmetric },
        Row(F.linalg.Eigh, "batch", () => [F.stack([Even(Regular(3)), Even(Regular(3, 9))])], new EighSettings(false)) with
        {
            Through = s_symmetric
        },
        Row(F.linalg.Eigh, "float32", () => [Even(Regular(3)).to(DType.Float32)], new EighSettings(false)),
        Row(F.linalg.Eigh, "one element", () => [Reals(1, 1)], new EighSettings(false)),
        Row(F.linalg.Eigh, "empty", () => [Reals(0, 0)], new EighSettings(false)),
        .. from shape in new long[][] { [3, 3], [4, 2], [2, 4], [2, 3, 2], [1, 3], [3, 1] }
           select Row(F.linalg.Svd, $"[{string.Join(", ", shape)}]", () => [Reals(shape)], new SvdSettings(false)),
        Row(F.linalg.Svd, "full, square, transposed", () => [Strided(3, 3)], new SvdSettings(true)),
        Row(F.linalg.Svd, "full, tall", () => [Reals(4, 2)], new SvdSettings(true)) with { DifferentiateBy = [] },
        Row(F.linalg.Svd, "full, wide, float32", () => [Float32(1, 2, 4)], new SvdSettings(true)),
        Row(F.linalg.Svd, "no rows", () => [Reals(0, 3)], new SvdSettings(false)),
        Row(F.linalg.Svd, "no columns, full", () => [Reals(2, 3, 0)], new SvdSettings(true)) with { DifferentiateBy = [] },
        .. Square(F.linalg.Det),
        Row(F.linalg.Det, "singular", () => [Make.Values([3, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9)]),
        Row(F.linalg.Det, "zeros", () => [F.zeros([3, 3], DType.Float64)]),
        Row(F.linalg.Det, "identity", () => [F.eye(4, dtype: DType.Float64)]),
        .. Square(F.linalg.SLogDet),
        Row(F.linalg.SLogDet, "singular", () => [F.ones([2, 2], DType.Float64)]) with { DifferentiateBy = [] },
        .. Square(F.linalg.Cofactor),
        Row(F.linalg.Cofactor, "rank 1", () => [Make.Values([3, 3], 1, 2, 3, 2, 4, 6, 3, 6, 9)]) with { NoSecondOrder = ThirdOfDet },
        Row(F.linalg.Cofactor, "identity", () => [F.eye(3, dtype: DType.Float64)]) with { NoSecondOrder = ThirdOfDet },
        .. from shape in new long[][] { [3, 3], [4, 2], [2, 4], [2, 3, 2], [0, 3], [2, 0] }
           select Row(F.linalg.Pinv, $"[{string.Join(", ", shape)}]", () => [Reals(shape)], new PinvSettings(0.0, 1e-12, false)),
        Row(F.linalg.Pinv, "symmetric", () => [Definite(3)], new PinvSettings(0.0, 1e-12, true)) with { Through = s_symmetric },
        Row(F.linalg.Pinv, "float32, strided", () => [Float32(1, 4, 2).mT], new PinvSettings(0.0, 1e-6, false)),
        Row(F.linalg.Pinv, "cut by a tolerance", () => [F.diag(Make.Values([3], 2, 1, 0.1))], new PinvSettings(0.5, 0.0, false)) with
        {
            DifferentiateBy = []
        },
        .. Square(F.linalg.MatrixExp),
        Row(F.linalg.MatrixExp, "large", () => [Reals(3, 3) * 8]) with
        {
            NoSecondOrder = "finite differences of numbers so large are too coarse",
            Tolerance = 1e-3
        },
        Row(F.linalg.MatrixExp, "batch laid out backwards", () => [F.transpose(Reals(4, 4, 4, 2), 0, -1)]) with { DifferentiateBy = [] },
        Row(F.linalg.MatrixExp, "not finite", () =>
            [
                F.stack([Regular(2), Make.Values([2, 2], 1, double.NaN, 0, 1), Make.Values([2, 2], double.PositiveInfinity, 0, 0, 1)])
            ]) with { DifferentiateBy = [] },
    ];

    private static IEnumerable<OpSample> Square(Primitive primitive, Settings? settings = null) =>
    [
        Row(primitive, "square", () => [Regular(4)], settings),
        Row(primitive, "transposed", () => [Regular(3).mT], settings),
        Row(primitive, "batch", () => [F.stack([Regular(3), Regular(3, 9)])], settings),
        Row(primitive, "one element", () => [Reals(2, 1, 1)], settings),
        Row(primitive, "float32", () => [Regular(3).to(DType.Float32)], settings),
        Row(primitive, "empty", () => [Reals(0, 0)], settings),
        Row(primitive, "empty batch", () => [Reals(0, 2, 2)], settings),
    ];

    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, Settings? settings = null) =>
        new(primitive, name, inputs, settings) { NoAutograd = "LinalgTests compare gradients with those of libtorch's own functions" };

    private static Tensor Regular(long size, int seed = 3) => Seeded(seed, size, size) + (F.eye(size, dtype: DType.Float64) * 2);

    private static Tensor Even(Tensor x) => (x + x.mT) * 0.5;

    private static Tensor Definite(long size) =>
        F.matmul(Reals(size, size), F.transpose(Reals(size, size), 0, 1)) + F.eye(size, dtype: DType.Float64);
}
