using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>
/// Functions with a derivative of the user's own in forward mode: in both modes and to second order, eagerly and compiled.
/// </summary>
[Trait("Category", "Quick")]
public class CustomJvpTests
{
    private static readonly Tensor s_x = F.tensor(new[] { 0.5, 1.5, -2.0 });
    private static readonly Tensor s_v = F.tensor(new[] { 1.0, -0.5, 0.25 });

    // The documented example of jax.custom_jvp.
    private static readonly Func<Tensor, Tensor> s_log1pexp =
        CustomJvp.Create((Tensor x) => F.log(1 + F.exp(x)), (x, y, t) => (1 - 1 / (1 + F.exp(x))) * t);

    [Fact]
    public void TheRuleSaysBothModes()
    {
        var expected = F.sigmoid(s_x);
        Close(expected * s_v, Grad.Jvp(s_log1pexp, s_x, s_v).Tangent);
        Close(expected, Grad.Of((Tensor x) => s_log1pexp(x).sum())(s_x));
        Close(expected * s_v, Jit.Compile((Tensor x) => Grad.Jvp(s_log1pexp, x, s_v).Tangent).Invoke(s_x));
        Close(expected, Jit.Compile(Grad.Of((Tensor x) => s_log1pexp(x).sum())).Invoke(s_x));

        // Where the plain derivative is infinity divided by infinity.
        Assert.Equal(1, (double)Grad.Of((Tensor x) => s_log1pexp(x).sum())(F.tensor(new[] { 1000.0 })));
        Assert.Equal(1, (double)Grad.Jvp(s_log1pexp, F.tensor(new[] { 1000.0 }), F.tensor(new[] { 1.0 })).Tangent);
    }

    [Fact]
    public void SecondDerivativesAreThoseOfTheRule()
    {
        var expected = F.sigmoid(s_x) * (1 - F.sigmoid(s_x)) * s_v;
        Close(expected, Grad.HessianVectorProduct((Tensor x) => s_log1pexp(x).sum(), s_x, s_v));
        Close(expected, Grad.Of((Tensor x) => Grad.Jvp(s_log1pexp, x, s_v).Tangent.sum())(s_x));
        Close(expected * s_v, Grad.Jvp((Tensor x) => Grad.Jvp(s_log1pexp, x, s_v).Tangent, s_x, s_v).Tangent);
        Close(expected, Jit.Compile((Tensor x) => Grad.HessianVectorProduct((Tensor y) => s_log1pexp(y).sum(), x, s_v)).Invoke(s_x));
    }

    [Fact]
    public void ArgumentsAndResultsAreOfAnyStructureAndNullIsZero()
    {
        var f = CustomJvp.Create(
            ((Tensor X, Tensor N) a) => (Product: a.X * a.N, Index: a.N, Other: a.X),
            (a, y, t) => (a.N * t.X * 10, null!, null!));
        var n = F.tensor(new[] { 2L, 3L, 4L });
        var (value, tangent) = Grad.Jvp(f, (s_x, n), (s_v, n));
        Close(s_x * n, value.Product);
        Close(s_v * n * 10, tangent.Product);
        Assert.Equal([0L, 0L, 0L], tangent.Index.ToArray<long>());
        Assert.Equal([0, 0, 0], tangent.Other.ToArray<double>());
        var (gradient, byN) = Grad.Of<(Tensor, Tensor)>(a => f(a).Product.sum() + f(a).Other.sum())((s_x, n));
        Close(n * F.full([], 10, DType.Float64), gradient);
        Assert.Equal([0L, 0L, 0L], byN.ToArray<long>());
    }

    [Fact]
    public void ABatchHasTheRuleOfASample()
    {
        var f = CustomJvp.Create(((Tensor X, Tensor W) a) => a.X * a.W, (a, y, t) => (t.X * a.W * 10) + (t.W * y));
        var w = F.full([], 3.0, DType.Float64);
        var batched = Vmap.Of((Tensor x) => Grad.Jvp((Tensor z) => f((z, w)), x, F.ones([], DType.Float64)).Tangent)(s_x);
        Close(F.full([3], 30.0, DType.Float64), batched);
        var (_, tangent) = Grad.Jvp((Tensor x, Tensor v) => Vmap.Of((Tensor z) => f((z, v)))(x), (s_x, w), (s_v, w));
        Close((s_v * w * 10) + (w * s_x * w), tangent);
        Close(F.full([3], 30.0, DType.Float64), Grad.Of((Tensor x) => Vmap.Of((Tensor z) => f((z, w)))(x).sum())(s_x));
    }

    [Fact]
    public void OutsideOfDerivativesItIsThePlainFunction()
    {
        var graph = Jit.Compile(s_log1pexp);
        Close(F.log(1 + F.exp(s_x)), graph.Invoke(s_x));
        Assert.Equal(["exp", "add", "log"], graph.Graph!.Equations.Select(e => e.Primitive.Name));
    }

    [Fact]
    public void WrongRulesAreNamed()
    {
        var shape = CustomJvp.Create((Tensor x) => x * 2, (x, y, t) => t.sum(), "doubled");
        var error = Assert.Throws<ShapeException>(() => Grad.Jvp(shape, s_x, s_v));
        Assert.Contains("float64[3]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Grad.Of((Tensor x) => shape(x).sum())(s_x));
        var captured = Assert.Throws<DifferentiationException>(() => Grad.Of(
            (Tensor c) => CustomJvp.Create((Tensor x) => x * c, (x, y, t) => t, "scaled")(s_x).sum())(s_x));
        Assert.Contains("scaled", captured.Message, StringComparison.Ordinal);
        Assert.Throws<DifferentiationException>(() => Grad.Jvp(
            (Tensor c) => CustomJvp.Create((Tensor x) => x * c, (x, y, t) => t)(s_x), s_x, s_v));
        Assert.Throws<ArgumentNullException>(() => CustomJvp.Create((Tensor x) => x, (Func<Tensor, Tensor, Tensor, Tensor?>)null!));
    }

    private static void Close(Tensor expected, Tensor actual) => OpCheck.AssertClose(expected, actual, 1e-12, "value");
}
