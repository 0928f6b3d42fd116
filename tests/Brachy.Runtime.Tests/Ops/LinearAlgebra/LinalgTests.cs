using Brachy.Extending;
using CsCheck;

namespace Brachy.Tests.Ops;

/// <summary>
/// Linear algebra: values and gradients against libtorch's, what factors must satisfy, and what happens at matrices without an answer.
/// </summary>
public class LinalgTests
{
    private const double NaN = double.NaN;
    private const double Infinity = double.PositiveInfinity;
    private static readonly Tensor s_tall = Make.Real([4, 2]);
    private static readonly Tensor s_wide = Make.Real([2, 4]);
    private static readonly Tensor s_cube = Make.Real([2, 3, 3]) + (F.eye(3, dtype: DType.Float64) * 2);
    private static readonly Tensor s_square = Make.Real([3, 3], seed: 4) + (F.eye(3, dtype: DType.Float64) * 2);
    private static readonly Tensor s_rank2 = Make.Values([3, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9);
    private static readonly Tensor s_nothing = F.zeros([2, 3], DType.Float64);

    private static readonly Dictionary<string, (Func<Tensor, Tensor> Ours, string Theirs, Tensor X)> s_cases =
        new(Powers().Concat(MatrixNorms()))
        {
            ["inv"] = (x => F.linalg.inv(x), "torch.linalg_solve(x, torch.eye(3, dtype=torch.float64).expand(2, 3, 3))", s_cube),
            ["qr"] = (
                x => F.matmul(F.square(F.linalg.qr(x).Q), F.linalg.qr(x).R),
                "torch.matmul(torch.square(torch.linalg_qr(x)[0]), torch.linalg_qr(x)[1])", s_tall),
            ["qr, wide"] = (
                x => F.matmul(F.square(F.linalg.qr(x).Q), F.linalg.qr(x).R),
                "torch.matmul(torch.square(torch.linalg_qr(x)[0]), torch.linalg_qr(x)[1])", s_wide),
            ["svd"] = (
                x => F.matmul(F.square(F.linalg.svd(x, false).U), F.square(F.linalg.svd(x, false).Vh)),
                "torch.matmul(torch.square(torch.linalg_svd(x, False)[0]), torch.square(torch.linalg_svd(x, False)[2]))", s_tall),
            ["solve, vector"] = (x => F.linalg.solve(x, x[0]), "torch.linalg_solve(x, x[0])", s_square),
            ["solve, batch of vectors"] = (x => F.linalg.solve(x, x[.., 0]), "torch.linalg_solve(x, x[:, 0])", s_cube),
            ["solve, broadcast"] = (x => F.linalg.solve(x, x[0]), "torch.linalg_solve(x, x[0])", s_cube),
            ["solve from the right"] = (
                x => F.linalg.solve(x, x[.., ..2], left: false), "torch.linalg_solve(x, x[:, :2], left=False)", s_cube),
            ["solve_triangular"] = (
                x => F.linalg.solve_triangular(x, x[0], upper: true), "torch.linalg_solve_triangular(x, x[0], upper=True)", s_cube),
            ["solve_triangular from the right"] = (
                x => F.linalg.solve_triangular(x, x[0][..2], upper: false, left: false, unitriangular: true),
                "torch.linalg_solve_triangular(x, x[0][:2], upper=False, left=False, unitriangular=True)", s_cube),
            ["cholesky"] = (x => F.linalg.cholesky(F.matmul(x, x.mT)), "torch.linalg_cholesky(torch.matmul(x, x.mT))", s_cube),
            ["cholesky of a matrix by itself"] = (x => F.linalg.cholesky(x), "torch.linalg_cholesky(x)", F.matmul(s_square, s_square.mT)),
            ["cholesky_solve"] = (
                x => F.cholesky_solve(x[0], F.tril(x)), "torch.cholesky_solve(x[0].expand(2, 3, 3), torch.tril(x))", s_cube),
            ["cholesky_solve, upper"] = (
                x => F.cholesky_solve(x, F.triu(x), upper: true), "torch.cholesky_solve(x, torch.triu(x), upper=True)", s_square),
            ["cholesky_inverse"] = (x => F.cholesky_inverse(F.tril(x)), "torch.cholesky_inverse(torch.tril(x))", s_square),
            ["qr, R alone"] = (x => F.linalg.qr(x, "r").R, "torch.linalg_qr(x)[1]", s_tall),
            ["lu"] = (
                x => F.matmul(F.linalg.lu(x).L, F.linalg.lu(x).P.mT.sum(-1, true)[..2]) + F.linalg.lu(x).U.sum(),
                "torch.matmul(torch.linalg_lu(x)[1], torch.linalg_lu(x)[0].mT.sum(-1, True)[:2]) + torch.linalg_lu(x)[2].sum()", s_tall),
            ["lu, wide"] = (
                x => F.matmul(F.linalg.lu(x).L, F.linalg.lu(x).U * F.linalg.lu(x).U),
                "torch.matmul(torch.linalg_lu(x)[1], torch.linalg_lu(x)[2] * torch.linalg_lu(x)[2])", s_wide),
            ["lu_solve"] = (x => Solved(x, true, false), "torch.linalg_solve(x, x[0])", s_cube),
            ["lu_solve, adjoint"] = (x => Solved(x, true, true), "torch.linalg_solve(x.mT, x[0])", s_cube),
            ["lu_solve from the right"] = (x => Solved(x, false, false), "torch.linalg_solve(x, x[0], left=False)", s_cube),
            ["lu_solve, adjoint from the right"] = (x => Solved(x, false, true), "torch.linalg_solve(x.mT, x[0], left=False)", s_cube),
            ["eigvalsh"] = (x => F.linalg.eigvalsh(x, "U"), "torch.linalg_eigvalsh(x, 'U')", s_cube),
            ["eigh of a matrix by itself"] = (
                x => F.square(F.linalg.eigh(x).eigenvectors) + F.linalg.eigh(x).eigenvalues,
                "torch.square(torch.linalg_eigh(x)[1]) + torch.linalg_eigh(x)[0]", s_square),
            ["svdvals"] = (x => F.linalg.svdvals(x), "torch.linalg_svdvals(x)", s_wide),
            ["svdvals of zeros"] = (x => F.linalg.svdvals(x), "torch.linalg_svdvals(x)", s_nothing),
            ["svd, full"] = (x => F.square(F.linalg.svd(x).U[.., ..2]), "torch.square(torch.linalg_svd(x)[0][:, :2])", s_tall),
            ["det"] = (x => F.det(x), "torch.det(x)", s_cube),
            ["logdet"] = (x => F.logdet(x), "torch.logdet(x)", s_cube),
            ["slogdet"] = (x => x.slogdet().sign * x.slogdet().logabsdet, "torch.slogdet(x)[0] * torch.slogdet(x)[1]", s_cube),
            ["pinv"] = (x => F.linalg.pinv(x), "torch.linalg_pinv(x)", s_tall),
            ["pinv of less than full rank"] = (x => F.linalg.pinv(x), "torch.linalg_pinv(x)", s_rank2),
            ["pinv of zeros"] = (x => F.linalg.pinv(x), "torch.linalg_pinv(x)", s_nothing),
            ["pinv with a tolerance"] = (
                x => F.linalg.pinv(x, atol: 1.5), "torch.linalg_pinv(x, atol=1.5, rtol=0.0, hermitian=False)", s_square),
            ["lstsq, tall"] = (x => F.linalg.lstsq(x, x * x).solution, "torch.linalg_lstsq(x, x * x)[0]", s_tall),
            ["lstsq, wide"] = (x => F.linalg.lstsq(x, x * x).solution, "torch.linalg_lstsq(x, x * x)[0]", s_wide),
            ["lstsq, residuals"] = (
                x => F.linalg.lstsq(x, x * x).residuals, "torch.square(torch.matmul(x, torch.linalg_lstsq(x, x * x)[0]) - x * x).sum(0)",
                s_tall),
            ["matrix_exp"] = (x => x.matrix_exp(), "torch.matrix_exp(x)", s_cube),
            ["cond"] = (x => F.linalg.cond(x), "torch.linalg_cond(x)", s_tall),
            ["cond, -2"] = (x => F.linalg.cond(x, -2), "torch.linalg_cond(x, -2)", s_tall),
            ["cond, 1"] = (
                x => F.linalg.cond(x, 1), "torch.linalg_matrix_norm(x, 1) * torch.linalg_matrix_norm(torch.linalg_solve(x, torch.eye(3, "
                    + "dtype=torch.float64).expand(2, 3, 3)), 1)", s_cube),
            ["cond, -inf"] = (
                x => F.linalg.cond(x, -Infinity), "torch.linalg_matrix_norm(x, float('-inf')) * "
                    + "torch.linalg_matrix_norm(torch.linalg_solve(x, torch.eye(3, dtype=torch.float64)), float('-inf'))", s_square),
            ["cond, nuc"] = (
                x => F.linalg.cond(x, "nuc"), "torch.linalg_matrix_norm(x, 'nuc') * torch.linalg_matrix_norm(torch.linalg_solve(x, "
                    + "torch.eye(3, dtype=torch.float64)), 'nuc')", s_square),
            ["vector_norm"] = (x => F.linalg.vector_norm(x, 3, [0, 2], true), "torch.linalg_vector_norm(x, 3, [0, 2], True)", s_cube),
            ["norm"] = (x => F.linalg.norm(x), "torch.linalg_norm(x)", s_cube),
            ["norm of a vector"] = (x => F.linalg.norm(x, 3, [1]), "torch.linalg_norm(x, 3, [1])", s_cube),
            ["norm of a matrix"] = (x => F.linalg.norm(x, 1), "torch.linalg_norm(x, 1)", s_tall),
            ["norm by name"] = (x => F.linalg.norm(x, "nuc", [0, 2]), "torch.linalg_norm(x, 'nuc', [0, 2])", s_cube),
            ["vecdot"] = (x => F.linalg.vecdot(x, x[0] * 2, 1), "torch.linalg_vecdot(x, x[0] * 2, dim=1)", s_cube),
            ["cross"] = (x => F.linalg.cross(x, x[0, 1]), "torch.linalg_cross(x, x[0, 1].expand(2, 3, 3))", s_cube),
            ["diagonal"] = (x => F.linalg.diagonal(x, 1), "torch.linalg_diagonal(x, offset=1)", s_cube),
            ["vander"] = (x => F.linalg.vander(x, 4), "torch.linalg_vander(x, N=4)", s_tall),
            ["vander of as many"] = (x => F.linalg.vander(x), "torch.linalg_vander(x)", s_wide),
            ["multi_dot"] = (x => F.linalg.multi_dot([x, x.mT, x, x[0]]), "torch.linalg_multi_dot([x, x.mT, x, x[0]])", s_tall),
            ["multi_dot of vectors"] = (x => F.linalg.multi_dot([x[.., 0], x, x[0]]), "torch.linalg_multi_dot([x[:, 0], x, x[0]])", s_tall),
            ["tensorinv"] = (
                x => F.linalg.tensorinv(F.reshape(x, 3, 1, 3), 2),
                "torch.linalg_solve(x, torch.eye(3, dtype=torch.float64)).reshape(3, 3, 1)", s_square),
            ["tensorsolve"] = (
                x => F.reshape(F.linalg.tensorsolve(F.reshape(x, 3, 3, 1), x[0], [0]), 3),
                "torch.linalg_tensorsolve(x.reshape(3, 3, 1), x[0], [0]).reshape(3)", s_square),
            ["householder_product"] = (
                x => F.linalg.householder_product(x, x[.., 0, ..1] * 0.5), "torch.linalg_householder_product(x, x[:, 0, :1] * 0.5)",
                Make.Real([2, 4, 3])),
        };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValuesAndGradientsAreThoseOfLibtorch(string name)
    {
        var (ours, theirs, x) = s_cases[name];
        CompositeCheck.ValueAndGradient(name, ours, t => ScriptedReference.Run(theirs, t), x, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void CompiledGradientsAreThoseComputedAtOnce(string name)
    {
        var (ours, _, x) = s_cases[name];
        var gradient = Grad.Of((Tensor t) => F.sum(F.square(ours(t))));
        OpCheck.AssertClose(gradient(x), Jit.Compile((Tensor t) => gradient(t)).Invoke(x), 1e-9, name);
    }

    [Fact]
    public void FactorsGiveBackTheirMatrix()
    {
        var sizes = Gen.Select(Gen.Long[0, 2], Gen.Long[0, 6], Gen.Long[0, 6], Gen.Int[0, 1000], Gen.Bool);
        sizes.Sample((batch, m, n, seed, single) =>
        {
            var dtype = single ? DType.Float32 : DType.Float64;
            var tolerance = single ? 2e-4 : 1e-9;
            var x = Make.Real([batch, m, n], dtype, seed + 1);
            var least = Math.Min(m, n);
            void Same(Tensor expected, Tensor actual, string what) =>
                OpCheck.AssertClose(expected, actual, tolerance, $"{what} of {x.Type}, seed {seed}");
            void Orthonormal(Tensor q, string what) =>
                Same(F.expand(F.eye(q.shape[^1], dtype: dtype), batch, q.shape[^1], q.shape[^1]), F.matmul(q.mT, q), what);

            foreach (var full in new[] { false, true })
            {
                var (u, s, vh) = F.linalg.svd(x, full);
                Orthonormal(u, "U");
                Orthonormal(vh.mT, "V");
                Same(x, F.matmul(u[.., .., ..(int)least] * s[.., TensorIndex.None], vh[.., ..(int)least]), "svd");
            }

            foreach (var mode in new[] { "reduced", "complete" })
            {
                var (q, r) = F.linalg.qr(x, mode);
                Orthonormal(q, "Q");
                Same(x, F.matmul(q, r), "qr");
                Same(r, F.triu(r), "R");
            }

            var (p, l, upper) = F.linalg.lu(x);
            Same(x, F.matmul(p, F.matmul(l, upper)), "lu");
            var gram = F.matmul(x, x.mT) + F.eye(m, dtype: dtype);
            var (values, vectors) = F.linalg.eigh(gram);
            Same(gram, F.matmul(vectors * values[.., TensorIndex.None], vectors.mT), "eigh");
            var factor = F.linalg.cholesky(gram);
            Same(gram, F.matmul(factor, factor.mT), "cholesky");
            Same(F.expand(F.eye(m, dtype: dtype), gram.shape), F.matmul(gram, F.linalg.inv(gram)), "inv");
            Same(x, F.matmul(gram, F.linalg.solve(gram, x)), "solve");
            Same(F.det(gram), F.exp(F.slogdet(gram).logabsdet), "det");
            var inverse = F.linalg.pinv(x, rtol: 1e-3);
            Same(inverse, F.matmul(inverse, F.matmul(x, inverse)), "pinv");
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void TheGradientOfADeterminantIsTheCofactorsAlsoWithoutAnInverse()
    {
        var gradient = Grad.Of((Tensor x) => F.det(x));
        OpCheck.AssertClose(Make.Values([3, 3], -3, 6, -3, 6, -12, 6, -3, 6, -3), gradient(s_rank2), 1e-12, "rank 2");
        OpCheck.AssertClose(Make.Values([2, 2], 0, 0, -1, 0), gradient(Make.Values([2, 2], 0, 1, 0, 0)), 1e-12, "no pivot");
        OpCheck.AssertClose(F.zeros([3, 3], DType.Float64), gradient(F.ones([3, 3], DType.Float64)), 1e-12, "rank 1");
    }

    [Fact]
    public void MatricesWithoutAnAnswerThrowAtOnceAndCompiled()
    {
        var ones = F.ones([2, 3, 3], DType.Float64);
        var broken = F.full([3, 3], NaN, DType.Float64);
        (Func<Tensor, Tensor> Function, Tensor X, string Reason)[] cases =
        [
            (x => F.linalg.inv(x), ones, "singular"),
            (x => F.linalg.solve(x, x), ones, "singular"),
            (x => F.linalg.matrix_power(x, -2), ones, "singular"),
            (x => F.linalg.tensorinv(x, 1), F.zeros([2, 2], DType.Float64), "singular"),
            (x => F.linalg.cholesky(x), -ones, "positive-definite"),
            (x => F.linalg.cholesky(x), broken, "positive-definite"),
            (x => F.linalg.svdvals(x), broken, "converge"),
            (x => F.linalg.eigvalsh(x), broken, "converge"),
            (x => F.linalg.pinv(x), broken, "converge"),
            (x => F.linalg.lu_factor(x).LU, ones, "U["),
            (x => F.linalg.lu_solve(x, F.full([2, 3], 4, DType.Int32), x), ones, "range"),
            (x => F.linalg.lu_solve(x, F.zeros([2, 3], DType.Int32), x), ones, "range"),
        ];
        foreach (var (function, x, reason) in cases)
        {
            Assert.Contains(reason, Assert.Throws<NativeOpException>(() => function(x)).Message, StringComparison.Ordinal);
            Assert.Contains(
                reason, Assert.Throws<NativeOpException>(() => Jit.Compile((Tensor t) => function(t)).Invoke(x)).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void FunctionsThatReportGiveNaNWhereThereIsNoAnswer()
    {
        var x = F.stack([F.eye(2, dtype: DType.Float64), F.ones([2, 2], DType.Float64), -F.eye(2, dtype: DType.Float64)]);
        var (inverse, info) = F.linalg.inv_ex(x);
        Assert.Equal([0, 2, 0], info.ToArray<int>());
        Assert.Equal([1, 0, 0, 1, NaN, NaN, NaN, NaN, -1, 0, 0, -1], inverse.ToArray<double>().Select(v => v + 0.0));
        Assert.Equal([0, 2, 0], F.linalg.solve_ex(x, x).info.ToArray<int>());
        Assert.Equal([0, 2, 1], F.linalg.cholesky_ex(x).info.ToArray<int>());
        Assert.Equal([0, 2, 0], F.linalg.lu_factor_ex(x).info.ToArray<int>());
        Assert.Equal([1, 0, 1], F.det(x).ToArray<double>());
        Assert.Equal([0, double.NegativeInfinity, 0], F.logdet(x).ToArray<double>());
        Assert.Equal([2L, 1, 2], F.linalg.matrix_rank(x).ToArray<long>());
        Assert.Equal([1, Infinity, 1], F.linalg.cond(x, 1).ToArray<double>());
        Assert.True(double.IsNaN(F.logdet(Make.Values([1, 1], -1)).item<double>()));
        Assert.All(F.matrix_exp(F.full([3, 3], NaN, DType.Float64)).ToArray<double>(), v => Assert.True(double.IsNaN(v)));
    }

    [Fact]
    public void RanksAndLeastSquares()
    {
        Assert.Equal(2, F.linalg.matrix_rank(s_rank2).item<long>());
        Assert.Equal(1, F.linalg.matrix_rank(s_rank2, atol: 1.5).item<long>());
        Assert.Equal(1, F.linalg.matrix_rank(s_rank2, rtol: 0.1).item<long>());
        Assert.Equal(3, F.linalg.matrix_rank(F.eye(3) * -1, hermitian: true).item<long>());
        Assert.Equal([0L, 0], F.linalg.matrix_rank(F.zeros([2, 0, 3])).ToArray<long>());
        var (solution, residuals, rank, values) = F.linalg.lstsq(s_rank2, s_rank2[0]);
        Assert.Equal(2, rank.item<long>());
        Assert.Equal([0L], residuals.shape);
        OpCheck.AssertClose(F.linalg.svdvals(s_rank2), values, 1e-12, "singular values");
        OpCheck.AssertClose(F.matmul(F.linalg.pinv(s_rank2), s_rank2[0]), solution, 1e-12, "solution");
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        Assert.Throws<ShapeException>(() => F.linalg.inv(s_tall));
        Assert.Throws<ShapeException>(() => F.linalg.inv(s_tall[0]));
        Assert.Throws<ShapeException>(() => F.linalg.solve(s_square, s_wide));
        Assert.Throws<ShapeException>(() => F.linalg.solve(s_square, s_square[0], left: false));
        Assert.Throws<ShapeException>(() => F.linalg.solve_triangular(s_square, s_square[0], upper: true));
        Assert.Throws<DTypeException>(() => F.linalg.solve(s_square, s_square.to(DType.Float32)));
        Assert.Throws<DTypeException>(() => F.linalg.lu_solve(s_square, F.ones([3], DType.Int64), s_square));
        Assert.Throws<ShapeException>(() => F.linalg.lu_solve(s_square, F.ones([2], DType.Int32), s_square));
        Assert.Throws<ArgumentException>(() => F.linalg.qr(s_square, "economic"));
        Assert.Throws<ArgumentException>(() => F.linalg.eigh(s_square, "X"));
        Assert.Throws<ArgumentException>(() => F.linalg.matrix_norm(s_square, "two"));
        Assert.Throws<ArgumentException>(() => F.linalg.matrix_norm(s_square, 3));
        Assert.Throws<ArgumentException>(() => F.linalg.matrix_norm(s_square, NaN));
        Assert.Throws<ShapeException>(() => F.linalg.norm(s_cube, 2));
        Assert.Throws<ShapeException>(() => F.linalg.matrix_norm(F.zeros([0, 3]), Infinity));
        Assert.Throws<ShapeException>(() => F.linalg.matrix_norm(F.zeros([0, 3]), 2));
        Assert.Throws<ShapeException>(() => F.linalg.cond(F.zeros([0, 0])));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.linalg.pinv(s_square, atol: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.linalg.matrix_rank(s_square, rtol: NaN));
        Assert.Throws<ShapeException>(() => F.linalg.multi_dot([s_square]));
        Assert.Throws<ShapeException>(() => F.linalg.multi_dot([s_square, s_tall]));
        Assert.Throws<ShapeException>(() => F.linalg.tensorinv(s_cube));
        Assert.Throws<ShapeException>(() => F.linalg.householder_product(s_wide, s_wide[0]));
        Assert.Throws<ShapeException>(() => F.linalg.vander(F.zeros([])));
        Assert.Throws<DifferentiationException>(() => Grad.Of((Tensor x) => F.sum(F.linalg.qr(x, "complete").Q))(s_tall));
        foreach (var dtype in DTypes.All.Where(d => d is not (DType.Float32 or DType.Float64)))
        {
            var x = F.ones([2, 2]).to(dtype);
            foreach (var function in new Func<Tensor, Tensor>[]
            {
                F.linalg.inv, F.det, F.linalg.svdvals, a => F.linalg.matrix_power(a, 2), a => F.linalg.pinv(a), a => F.linalg.cond(a),
                F.matrix_exp
            })
            {
                Assert.Throws<DTypeException>(() => function(x));
            }
        }
    }

    private static Tensor Solved(Tensor x, bool left, bool adjoint)
    {
        var (lu, pivots) = F.linalg.lu_factor(x);
        return F.linalg.lu_solve(lu, pivots, x[0], left, adjoint);
    }

    private static IEnumerable<KeyValuePair<string, (Func<Tensor, Tensor>, string, Tensor)>> Powers() =>
        from n in new long[] { 0, 1, 2, 5, -1, -3 }
        select KeyValuePair.Create<string, (Func<Tensor, Tensor>, string, Tensor)>(
            $"matrix_power {n}", (x => x.matrix_power(n) + (x * 0), n < 0
                ? $"torch.matrix_power(torch.linalg_solve(x, torch.eye(3, dtype=torch.float64).expand(2, 3, 3)), {-n}) + x * 0"
                : $"torch.matrix_power(x, {n}) + x * 0", s_cube));

    private static IEnumerable<KeyValuePair<string, (Func<Tensor, Tensor>, string, Tensor)>> MatrixNorms()
    {
        (string Name, Func<Tensor, long[]?, bool, Tensor> Norm, string Script)[] norms =
        [
            .. new[] { "fro", "nuc" }.Select(
                o => (o, (Func<Tensor, long[]?, bool, Tensor>)((x, d, k) => F.linalg.matrix_norm(x, o, d, k)), $"'{o}'")),
            .. new[] { 1, -1, 2, -2, Infinity, -Infinity }.Select(
                o => ($"{o}", (Func<Tensor, long[]?, bool, Tensor>)((x, d, k) => F.linalg.matrix_norm(x, o, d, k)), Script.Real(o))),
        ];
        foreach (var (name, norm, script) in norms)
        {
            yield return KeyValuePair.Create<string, (Func<Tensor, Tensor>, string, Tensor)>(
                $"matrix_norm {name}", (x => norm(x, null, false), $"torch.linalg_matrix_norm(x, {script})", s_cube));
            yield return KeyValuePair.Create<string, (Func<Tensor, Tensor>, string, Tensor)>(
                $"matrix_norm {name}, dims kept",
                (x => norm(x, [2, 0], true), $"torch.linalg_matrix_norm(x, {script}, [2, 0], True)", s_cube));
            yield return KeyValuePair.Create<string, (Func<Tensor, Tensor>, string, Tensor)>(
                $"matrix_norm {name} of zeros", (x => norm(x, null, false), $"torch.linalg_matrix_norm(x, {script})", s_nothing));
        }
    }
}
