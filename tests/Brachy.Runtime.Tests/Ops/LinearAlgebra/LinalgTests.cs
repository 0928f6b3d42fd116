using CsCheck;

namespace Brachy.Tests.Ops;

/// <summary>Linear algebra: values and gradients against libtorch's, what factors must satisfy, and what happens at matrices without an answer.</summary>
public class LinalgTests
{
    private const double NaN = double.NaN;
    private const double Infinity = double.PositiveInfinity;
    private static readonly Tensor Tall = Make.Real([4, 2]);
    private static readonly Tensor Wide = Make.Real([2, 4]);
    private static readonly Tensor Cube = Make.Real([2, 3, 3]) + (F.eye(3, dtype: DType.Float64) * 2);
    private static readonly Tensor Square = Make.Real([3, 3], seed: 4) + (F.eye(3, dtype: DType.Float64) * 2);
    private static readonly Tensor Rank2 = Make.Values([3, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9);
    private static readonly Tensor Nothing = F.zeros([2, 3], DType.Float64);

    private static readonly Dictionary<string, (Func<Tensor, Tensor> Ours, string Theirs, Tensor X)> Cases = new(Powers().Concat(MatrixNorms()))
    {
        ["inv"] = (x => F.linalg.inv(x), "torch.linalg_solve(x, torch.eye(3, dtype=torch.float64).expand(2, 3, 3))", Cube),
        ["qr"] = (x => F.matmul(F.square(F.linalg.qr(x).Q), F.linalg.qr(x).R), "torch.matmul(torch.square(torch.linalg_qr(x)[0]), torch.linalg_qr(x)[1])", Tall),
        ["qr, wide"] = (x => F.matmul(F.square(F.linalg.qr(x).Q), F.linalg.qr(x).R), "torch.matmul(torch.square(torch.linalg_qr(x)[0]), torch.linalg_qr(x)[1])", Wide),
        ["svd"] = (x => F.matmul(F.square(F.linalg.svd(x, false).U), F.square(F.linalg.svd(x, false).Vh)), "torch.matmul(torch.square(torch.linalg_svd(x, False)[0]), torch.square(torch.linalg_svd(x, False)[2]))", Tall),
        ["solve, vector"] = (x => F.linalg.solve(x, x[0]), "torch.linalg_solve(x, x[0])", Square),
        ["solve, batch of vectors"] = (x => F.linalg.solve(x, x[.., 0]), "torch.linalg_solve(x, x[:, 0])", Cube),
        ["solve, broadcast"] = (x => F.linalg.solve(x, x[0]), "torch.linalg_solve(x, x[0])", Cube),
        ["solve from the right"] = (x => F.linalg.solve(x, x[.., ..2], left: false), "torch.linalg_solve(x, x[:, :2], left=False)", Cube),
        ["solve_triangular"] = (x => F.linalg.solve_triangular(x, x[0], upper: true), "torch.linalg_solve_triangular(x, x[0], upper=True)", Cube),
        ["solve_triangular from the right"] = (
            x => F.linalg.solve_triangular(x, x[0][..2], upper: false, left: false, unitriangular: true), "torch.linalg_solve_triangular(x, x[0][:2], upper=False, left=False, unitriangular=True)", Cube),
        ["cholesky"] = (x => F.linalg.cholesky(F.matmul(x, x.mT)), "torch.linalg_cholesky(torch.matmul(x, x.mT))", Cube),
        ["cholesky of a matrix by itself"] = (x => F.linalg.cholesky(x), "torch.linalg_cholesky(x)", F.matmul(Square, Square.mT)),
        ["cholesky_solve"] = (x => F.cholesky_solve(x[0], F.tril(x)), "torch.cholesky_solve(x[0].expand(2, 3, 3), torch.tril(x))", Cube),
        ["cholesky_solve, upper"] = (x => F.cholesky_solve(x, F.triu(x), upper: true), "torch.cholesky_solve(x, torch.triu(x), upper=True)", Square),
        ["cholesky_inverse"] = (x => F.cholesky_inverse(F.tril(x)), "torch.cholesky_inverse(torch.tril(x))", Square),
        ["qr, R alone"] = (x => F.linalg.qr(x, "r").R, "torch.linalg_qr(x)[1]", Tall),
        ["lu"] = (x => F.matmul(F.linalg.lu(x).L, F.linalg.lu(x).P.mT.sum(-1, true)[..2]) + F.linalg.lu(x).U.sum(), "torch.matmul(torch.linalg_lu(x)[1], torch.linalg_lu(x)[0].mT.sum(-1, True)[:2]) + torch.linalg_lu(x)[2].sum()", Tall),
        ["lu, wide"] = (x => F.matmul(F.linalg.lu(x).L, F.linalg.lu(x).U * F.linalg.lu(x).U), "torch.matmul(torch.linalg_lu(x)[1], torch.linalg_lu(x)[2] * torch.linalg_lu(x)[2])", Wide),
        ["lu_solve"] = (x => Solved(x, true, false), "torch.linalg_solve(x, x[0])", Cube),
        ["lu_solve, adjoint"] = (x => Solved(x, true, true), "torch.linalg_solve(x.mT, x[0])", Cube),
        ["lu_solve from the right"] = (x => Solved(x, false, false), "torch.linalg_solve(x, x[0], left=False)", Cube),
        ["lu_solve, adjoint from the right"] = (x => Solved(x, false, true), "torch.linalg_solve(x.mT, x[0], left=False)", Cube),
        ["eigvalsh"] = (x => F.linalg.eigvalsh(x, "U"), "torch.linalg_eigvalsh(x, 'U')", Cube),
        ["eigh of a matrix by itself"] = (x => F.square(F.linalg.eigh(x).eigenvectors) + F.linalg.eigh(x).eigenvalues, "torch.square(torch.linalg_eigh(x)[1]) + torch.linalg_eigh(x)[0]", Square),
        ["svdvals"] = (x => F.linalg.svdvals(x), "torch.linalg_svdvals(x)", Wide),
        ["svdvals of zeros"] = (x => F.linalg.svdvals(x), "torch.linalg_svdvals(x)", Nothing),
        ["svd, full"] = (x => F.square(F.linalg.svd(x).U[.., ..2]), "torch.square(torch.linalg_svd(x)[0][:, :2])", Tall),
        ["det"] = (x => F.det(x), "torch.det(x)", Cube),
        ["logdet"] = (x => F.logdet(x), "torch.logdet(x)", Cube),
        ["slogdet"] = (x => x.slogdet().sign * x.slogdet().logabsdet, "torch.slogdet(x)[0] * torch.slogdet(x)[1]", Cube),
        ["pinv"] = (x => F.linalg.pinv(x), "torch.linalg_pinv(x)", Tall),
        ["pinv of less than full rank"] = (x => F.linalg.pinv(x), "torch.linalg_pinv(x)", Rank2),
        ["pinv of zeros"] = (x => F.linalg.pinv(x), "torch.linalg_pinv(x)", Nothing),
        ["pinv with a tolerance"] = (x => F.linalg.pinv(x, atol: 1.5), "torch.linalg_pinv(x, atol=1.5, rtol=0.0, hermitian=False)", Square),
        ["lstsq, tall"] = (x => F.linalg.lstsq(x, x * x).solution, "torch.linalg_lstsq(x, x * x)[0]", Tall),
        ["lstsq, wide"] = (x => F.linalg.lstsq(x, x * x).solution, "torch.linalg_lstsq(x, x * x)[0]", Wide),
        ["lstsq, residuals"] = (x => F.linalg.lstsq(x, x * x).residuals, "torch.square(torch.matmul(x, torch.linalg_lstsq(x, x * x)[0]) - x * x).sum(0)", Tall),
        ["matrix_exp"] = (x => x.matrix_exp(), "torch.matrix_exp(x)", Cube),
        ["cond"] = (x => F.linalg.cond(x), "torch.linalg_cond(x)", Tall),
        ["cond, -2"] = (x => F.linalg.cond(x, -2), "torch.linalg_cond(x, -2)", Tall),
        ["cond, 1"] = (x => F.linalg.cond(x, 1), "torch.linalg_matrix_norm(x, 1) * torch.linalg_matrix_norm(torch.linalg_solve(x, torch.eye(3, dtype=torch.float64).expand(2, 3, 3)), 1)", Cube),
        ["cond, -inf"] = (x => F.linalg.cond(x, -Infinity), "torch.linalg_matrix_norm(x, float('-inf')) * torch.linalg_matrix_norm(torch.linalg_solve(x, torch.eye(3, dtype=torch.float64)), float('-inf'))", Square),
        ["cond, nuc"] = (x => F.linalg.cond(x, "nuc"), "torch.linalg_matrix_norm(x, 'nuc') * torch.linalg_matrix_norm(torch.linalg_solve(x, torch.eye(3, dtype=torch.float64)), 'nuc')", Square),
        ["vector_norm"] = (x => F.linalg.vector_norm(x, 3, [0, 2], true), "torch.linalg_vector_norm(x, 3, [0, 2], True)", Cube),
        ["norm"] = (x => F.linalg.norm(x), "torch.linalg_norm(x)", Cube),
        ["norm of a vector"] = (x => F.linalg.norm(x, 3, [1]), "torch.linalg_norm(x, 3, [1])", Cube),
        ["norm of a matrix"] = (x => F.linalg.norm(x, 1), "torch.linalg_norm(x, 1)", Tall),
        ["norm by name"] = (x => F.linalg.norm(x, "nuc", [0, 2]), "torch.linalg_norm(x, 'nuc', [0, 2])", Cube),
        ["vecdot"] = (x => F.linalg.vecdot(x, x[0] * 2, 1), "torch.linalg_vecdot(x, x[0] * 2, dim=1)", Cube),
        ["cross"] = (x => F.linalg.cross(x, x[0, 1]), "torch.linalg_cross(x, x[0, 1].expand(2, 3, 3))", Cube),
        ["diagonal"] = (x => F.linalg.diagonal(x, 1), "torch.linalg_diagonal(x, offset=1)", Cube),
        ["vander"] = (x => F.linalg.vander(x, 4), "torch.linalg_vander(x, N=4)", Tall),
        ["vander of as many"] = (x => F.linalg.vander(x), "torch.linalg_vander(x)", Wide),
        ["multi_dot"] = (x => F.linalg.multi_dot([x, x.mT, x, x[0]]), "torch.linalg_multi_dot([x, x.mT, x, x[0]])", Tall),
        ["multi_dot of vectors"] = (x => F.linalg.multi_dot([x[.., 0], x, x[0]]), "torch.linalg_multi_dot([x[:, 0], x, x[0]])", Tall),
        ["tensorinv"] = (x => F.linalg.tensorinv(F.reshape(x, 3, 1, 3), 2), "torch.linalg_solve(x, torch.eye(3, dtype=torch.float64)).reshape(3, 3, 1)", Square),
        ["tensorsolve"] = (x => F.reshape(F.linalg.tensorsolve(F.reshape(x, 3, 3, 1), x[0], [0]), 3), "torch.linalg_tensorsolve(x.reshape(3, 3, 1), x[0], [0]).reshape(3)", Square),
        ["householder_product"] = (x => F.linalg.householder_product(x, x[.., 0, ..1] * 0.5), "torch.linalg_householder_product(x, x[:, 0, :1] * 0.5)", Make.Real([2, 4, 3])),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValuesAndGradientsAreThoseOfLibtorch(string name)
    {
        var (ours, theirs, x) = Cases[name];
        CompositeCheck.ValueAndGradient(name, ours, t => ScriptedReference.Run(theirs, t), x, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void CompiledGradientsAreThoseComputedAtOnce(string name)
    {
        var (ours, _, x) = Cases[name];
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
            void Same(Tensor expected, Tensor actual, string what) => OpCheck.AssertClose(expected, actual, tolerance, $"{what} of {x.Type}, seed {seed}");
            void Orthonormal(Tensor q, string what) => Same(F.expand(F.eye(q.shape[^1], dtype: dtype), batch, q.shape[^1], q.shape[^1]), F.matmul(q.mT, q), what);

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
        OpCheck.AssertClose(Make.Values([3, 3], -3, 6, -3, 6, -12, 6, -3, 6, -3), gradient(Rank2), 1e-12, "rank 2");
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
            Assert.Contains(reason, Assert.Throws<NativeOpException>(() => Jit.Compile((Tensor t) => function(t)).Invoke(x)).Message, StringComparison.Ordinal);
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
        Assert.Equal(2, F.linalg.matrix_rank(Rank2).item<long>());
        Assert.Equal(1, F.linalg.matrix_rank(Rank2, atol: 1.5).item<long>());
        Assert.Equal(1, F.linalg.matrix_rank(Rank2, rtol: 0.1).item<long>());
        Assert.Equal(3, F.linalg.matrix_rank(F.eye(3) * -1, hermitian: true).item<long>());
        Assert.Equal([0L, 0], F.linalg.matrix_rank(F.zeros([2, 0, 3])).ToArray<long>());
        var (solution, residuals, rank, values) = F.linalg.lstsq(Rank2, Rank2[0]);
        Assert.Equal(2, rank.item<long>());
        Assert.Equal([0L], residuals.shape);
        OpCheck.AssertClose(F.linalg.svdvals(Rank2), values, 1e-12, "singular values");
        OpCheck.AssertClose(F.matmul(F.linalg.pinv(Rank2), Rank2[0]), solution, 1e-12, "solution");
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        Assert.Throws<ShapeException>(() => F.linalg.inv(Tall));
        Assert.Throws<ShapeException>(() => F.linalg.inv(Tall[0]));
        Assert.Throws<ShapeException>(() => F.linalg.solve(Square, Wide));
        Assert.Throws<ShapeException>(() => F.linalg.solve(Square, Square[0], left: false));
        Assert.Throws<ShapeException>(() => F.linalg.solve_triangular(Square, Square[0], upper: true));
        Assert.Throws<DTypeException>(() => F.linalg.solve(Square, Square.to(DType.Float32)));
        Assert.Throws<DTypeException>(() => F.linalg.lu_solve(Square, F.ones([3], DType.Int64), Square));
        Assert.Throws<ShapeException>(() => F.linalg.lu_solve(Square, F.ones([2], DType.Int32), Square));
        Assert.Throws<ArgumentException>(() => F.linalg.qr(Square, "economic"));
        Assert.Throws<ArgumentException>(() => F.linalg.eigh(Square, "X"));
        Assert.Throws<ArgumentException>(() => F.linalg.matrix_norm(Square, "two"));
        Assert.Throws<ArgumentException>(() => F.linalg.matrix_norm(Square, 3));
        Assert.Throws<ArgumentException>(() => F.linalg.matrix_norm(Square, NaN));
        Assert.Throws<ShapeException>(() => F.linalg.norm(Cube, 2));
        Assert.Throws<ShapeException>(() => F.linalg.matrix_norm(F.zeros([0, 3]), Infinity));
        Assert.Throws<ShapeException>(() => F.linalg.matrix_norm(F.zeros([0, 3]), 2));
        Assert.Throws<ShapeException>(() => F.linalg.cond(F.zeros([0, 0])));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.linalg.pinv(Square, atol: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.linalg.matrix_rank(Square, rtol: NaN));
        Assert.Throws<ShapeException>(() => F.linalg.multi_dot([Square]));
        Assert.Throws<ShapeException>(() => F.linalg.multi_dot([Square, Tall]));
        Assert.Throws<ShapeException>(() => F.linalg.tensorinv(Cube));
        Assert.Throws<ShapeException>(() => F.linalg.householder_product(Wide, Wide[0]));
        Assert.Throws<ShapeException>(() => F.linalg.vander(F.zeros([])));
        Assert.Throws<DifferentiationException>(() => Grad.Of((Tensor x) => F.sum(F.linalg.qr(x, "complete").Q))(Tall));
        foreach (var dtype in DTypes.All.Where(d => d is not (DType.Float32 or DType.Float64)))
        {
            var x = F.ones([2, 2]).to(dtype);
            foreach (var function in new Func<Tensor, Tensor>[] { F.linalg.inv, F.det, F.linalg.svdvals, a => F.linalg.matrix_power(a, 2), a => F.linalg.pinv(a), a => F.linalg.cond(a), F.matrix_exp })
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
        select KeyValuePair.Create<string, (Func<Tensor, Tensor>, string, Tensor)>($"matrix_power {n}", (x => x.matrix_power(n) + (x * 0), n < 0 ? $"torch.matrix_power(torch.linalg_solve(x, torch.eye(3, dtype=torch.float64).expand(2, 3, 3)), {-n}) + x * 0" : $"torch.matrix_power(x, {n}) + x * 0", Cube));

    private static IEnumerable<KeyValuePair<string, (Func<Tensor, Tensor>, string, Tensor)>> MatrixNorms()
    {
        (string Name, Func<Tensor, long[]?, bool, Tensor> Norm, string Script)[] norms =
        [
            .. new[] { "fro", "nuc" }.Select(o => (o, (Func<Tensor, long[]?, bool, Tensor>)((x, d, k) => F.linalg.matrix_norm(x, o, d, k)), $"'{o}'")),
            .. new[] { 1, -1, 2, -2, Infinity, -Infinity }.Select(o => ($"{o}", (Func<Tensor, long[]?, bool, Tensor>)((x, d, k) => F.linalg.matrix_norm(x, o, d, k)), Script.Real(o))),
        ];
        foreach (var (name, norm, script) in norms)
        {
            yield return KeyValuePair.Create<string, (Func<Tensor, Tensor>, string, Tensor)>($"matrix_norm {name}", (x => norm(x, null, false), $"torch.linalg_matrix_norm(x, {script})", Cube));
            yield return KeyValuePair.Create<string, (Func<Tensor, Tensor>, string, Tensor)>(
                $"matrix_norm {name}, dims kept", (x => norm(x, [2, 0], true), $"torch.linalg_matrix_norm(x, {script}, [2, 0], True)", Cube));
            yield return KeyValuePair.Create<string, (Func<Tensor, Tensor>, string, Tensor)>($"matrix_norm {name} of zeros", (x => norm(x, null, false), $"torch.linalg_matrix_norm(x, {script})", Nothing));
        }
    }
}
