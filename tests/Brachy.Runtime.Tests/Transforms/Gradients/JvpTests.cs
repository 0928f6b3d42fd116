using Brachy.Compilation;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>
/// Derivatives in forward mode, linear approximations and pullbacks of functions of anything, eagerly, compiled and nested.
/// </summary>
[Trait("Category", "Quick")]
public class JvpTests
{
    private static readonly Tensor s_x = F.tensor(new[] { 0.5, 1.5, -2.0 });
    private static readonly Tensor s_v = F.tensor(new[] { 1.0, -0.5, 0.25 });

    [Fact]
    public void TheTangentIsTheDerivativeAlongTheDirection()
    {
        static Tensor Cube(Tensor x) => x * x * x;
        var (value, tangent) = Grad.Jvp(Cube, s_x, s_v);
        Close(Cube(s_x), value);
        Close(3 * s_x * s_x * s_v, tangent);

        var compiled = Jit.Compile((Tensor x, Tensor v) => Grad.Jvp(Cube, x, v)).Invoke(s_x, s_v);
        Close(value, compiled.Value);
        Close(tangent, compiled.Tangent);
    }

    [Fact]
    public void ArgumentsAndResultsAreOfAnyStructure()
    {
        var (value, tangent) = Grad.Jvp(
            (Tensor x, (Tensor A, long N) p, Tensor k) => (Sum: (x * p.A * p.N).sum(), Rows: new[] { F.sin(x), p.A }, Index: k + 1),
            (s_x, (s_v, 3L), F.tensor(new[] { 4L })), (s_v, (s_x, 0L), null!));
        Close((s_x * s_v * 3).sum(), value.Sum);
        Close((s_v * s_v * 3).sum() + (s_x * s_x * 3).sum(), tangent.Sum);
        Close(F.cos(s_x) * s_v, tangent.Rows[0]);
        Close(s_x, tangent.Rows[1]);
        Assert.Equal([5L], value.Index.ToArray<long>());
        Assert.Equal([0L], tangent.Index.ToArray<long>());
    }

    [Fact]
    public void ResultsThatDoNotDependOnTheArgumentHaveZeros()
    {
        var (_, tangent) = Grad.Jvp((Tensor x) => (F.stop_gradient(x), F.ones([2]), x), s_x, s_v);
        Assert.Equal([0, 0, 0], tangent.Item1.ToArray<double>());
        Assert.Equal([0, 0], tangent.Item2.ToArray<float>());
        Close(s_v, tangent.Item3);
        Assert.NotSame(s_v, tangent.Item3);
        Assert.False(Grad.Jvp((Tensor x) => x + 1, s_x, s_v).Value.IsTraced);
    }

    [Fact]
    public void OrdersNestInAnyWay()
    {
        static Tensor Curve(Tensor x) => (F.exp(F.sin(x)) * x * x).sum();
        var gradient = Grad.Of<Tensor>(Curve);
        var hessian = Grad.HessianVectorProduct(Curve, s_x, s_v);
        var step = 1e-5;
        Close((gradient(s_x + (step * s_v)) - gradient(s_x - (step * s_v))) / (2 * step), hessian, 1e-8);

        // jvp of grad, grad of jvp, jvp of pullback, pullback of jvp, grad of grad.
        Close(hessian, Grad.Jvp(gradient, s_x, s_v).Tangent);
        Close(hessian, Grad.Of((Tensor x) => Grad.Jvp(Curve, x, s_v).Tangent)(s_x));
        Close(hessian, Grad.Jvp((Tensor x) => Grad.Pullback(Curve, x).Pullback(F.ones([], DType.Float64)), s_x, s_v).Tangent);
        Close(hessian, Grad.Pullback((Tensor x) => Grad.Jvp(Curve, x, s_v).Tangent, s_x).Pullback(F.ones([], DType.Float64)));
        Close(hessian, Grad.Of((Tensor x) => (gradient(x) * s_v).sum())(s_x));
        Close(hessian, Grad.Linearize(gradient, s_x).Jvp(s_v));
        Close(hessian, Grad.Of((Tensor x) => Grad.Linearize(Curve, x).Jvp(s_v))(s_x));
        Close(hessian, Jit.Compile((Tensor x, Tensor v) => Grad.HessianVectorProduct(Curve, x, v)).Invoke(s_x, s_v));
        Close(hessian, Jit.Compile((Tensor x, Tensor v) => Grad.Of((Tensor y) => Grad.Jvp(Curve, y, v).Tangent)(x)).Invoke(s_x, s_v));

        // Third order: jvp of jvp of jvp is d³f/dv³.
        static Tensor Along(Func<Tensor, Tensor> function, Tensor x) => Grad.Jvp(function, x, s_v).Tangent;
        var third = Along(x => Along(y => Along(Curve, y), x), s_x);
        Close(((gradient(s_x + (1e-3 * s_v)) + gradient(s_x - (1e-3 * s_v)) - (2 * gradient(s_x))) * s_v).sum() / 1e-6, third, 1e-4);
        Close(third, Jit.Compile((Tensor x) => Along(z => Along(y => Along(Curve, y), z), x)).Invoke(s_x));
    }

    /// <summary>The inner function sees the outer variable as a constant: the classic trap of perturbation confusion.</summary>
    [Fact]
    public void DirectionsOfNestedDerivativesDoNotMix()
    {
        static Tensor Outer(Tensor x) => x * Grad.Jvp((Tensor y) => x + y, F.ones([], DType.Float64), F.ones([], DType.Float64)).Tangent;
        var one = F.ones([], DType.Float64);
        Assert.Equal(1, Grad.Jvp(Outer, one, one).Tangent.item<double>());
        Assert.Equal(1, Jit.Compile((Tensor x) => Grad.Jvp(Outer, x, one).Tangent).Invoke(one).item<double>());
        Assert.Equal(1, Grad.Of<Tensor>(Outer)(one).item<double>());
    }

    [Fact]
    public void LinearizeRunsTheFunctionOnceAndIsLinear()
    {
        var runs = 0;
        (Tensor, Tensor) Counted(Tensor x)
        {
            runs++;
            return (F.tanh(x).cumsum(0), (x * x).sum());
        }

        var (value, jvp) = Grad.Linearize(Counted, s_x);
        var expected = Grad.Jvp(Counted, s_x, s_v);
        Assert.Equal(2, runs);
        Close(expected.Value.Item1, value.Item1);
        for (var scale = 1; scale <= 3; scale++)
        {
            Close(expected.Tangent.Item1 * scale, jvp(s_v * scale).Item1);
            Close(expected.Tangent.Item2 * scale, jvp(s_v * scale).Item2);
        }

        Assert.Equal(2, runs);
        var traced = Jit.Compile((Tensor x, Tensor v) =>
        {
            var linear = Grad.Linearize(Counted, x).Jvp;
            return (linear(v).Item1, linear(2 * v).Item2);
        }).Invoke(s_x, s_v);
        Close(expected.Tangent.Item1, traced.Item1);
        Close(expected.Tangent.Item2 * 2, traced.Item2);
    }

    /// <summary>What an eager linear approximation computes per call are its linear ops alone.</summary>
    [Fact]
    public void ALinearApproximationKeepsWhatDoesNotDependOnTheTangent()
    {
        var (_, jvp) = Grad.Linearize((Tensor x) => F.sin(F.exp(x) * 3), s_x);
        var graph = Jit.Compile((Tensor v) => jvp(v));
        graph.Invoke(s_v);
        Assert.All(graph.Graph!.Equations, equation => Assert.Equal("mul", equation.Primitive.Name));
    }

    [Fact]
    public void PullbacksMayBeCalledOftenAndAgreeWithLibtorch()
    {
        var (value, pullback) = Grad.Pullback((Tensor x, Tensor y) => (F.softmax(x * y, 0), y.sum()), (s_x, s_v));
        using var tx = s_x.AsTorch().clone().requires_grad_();
        using var ty = s_v.AsTorch().clone().requires_grad_();
        using var output = (tx * ty).softmax(0);
        Close((Tensor)output.detach().clone(), value.Item1);
        foreach (var seed in new[] { 1.0, -2.0 })
        {
            using var cotangent = (s_x * seed).AsTorch().clone();
            var expected = TorchSharp.torch.autograd.grad([output, ty.sum()], [tx, ty], [cotangent, TorchSharp.torch.tensor(seed)], true);
            var (byX, byY) = pullback((s_x * seed, F.full([], seed, DType.Float64)));
            Close((Tensor)expected[0], byX);
            Close((Tensor)expected[1], byY);
        }

        // Null stands for zeros.
        var (onlyX, onlyY) = pullback((null!, F.ones([], DType.Float64)));
        Assert.Equal([0, 0, 0], onlyX.ToArray<double>());
        Assert.Equal([1, 1, 1], onlyY.ToArray<double>());
    }

    [Fact]
    public void EagerResultsAreNoPartOfATape()
    {
        var (value, pullback) = Grad.Pullback((Tensor x) => x * x, s_x);
        Assert.False(value.IsTraced);
        var gradient = pullback(s_v);
        Assert.False(gradient.IsTraced);
        Close(2 * s_x * s_v, gradient);
    }

    [Fact]
    public void CustomVjpIsTransposed()
    {
        var square = CustomVjp.Create((Tensor x) => x * x, (x, y, g) => g * x * 5);
        var (value, tangent) = Grad.Jvp(square, s_x, s_v);
        Close(s_x * s_x, value);
        Close(5 * s_x * s_v, tangent);
        Close(tangent, Jit.Compile((Tensor x, Tensor v) => Grad.Jvp(square, x, v).Tangent).Invoke(s_x, s_v));
        Close(5 * s_v * s_v, Grad.Jvp((Tensor x) => Grad.Jvp(square, x, s_v).Tangent, s_x, s_v).Tangent);
        Close(5 * s_v, Grad.Of((Tensor x) => Grad.Jvp(square, x, s_v).Tangent.sum())(s_x));
        var error = Assert.Throws<DifferentiationException>(() => Grad.Jvp(
            (Tensor c) => CustomVjp.Create((Tensor x) => x * c, (x, y, g) => g)(s_x), s_x, s_v));
        Assert.Contains("captured", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LiftedFormsTakeTangentsBehindTheInputs()
    {
        var growth = Static.Lift(f => x => Grad.JvpTransform(f)([.. x, .. x])[^f(x).Length..]);
        var g = growth.Of((Tensor x, long n) => (x * x * n, x.sum()));
        var (first, second) = g(s_x, 3);
        Close(6 * s_x * s_x, first);
        Close(s_x.sum(), second);
        var twice = Grad.PullbackTransform(x => [x[0] * x[1]], y => [F.ones_like(y[0])])([s_x, s_v]);
        Close(s_v, twice[1]);
        Close(s_x, twice[2]);
        Assert.Throws<ArgumentException>(() => Grad.JvpTransform(x => x)([s_x]));
    }

    [Fact]
    public void WrongDirectionsAreNamed()
    {
        var shape = Assert.Throws<ShapeException>(
            () => Grad.Jvp((Tensor x, Tensor y) => x * y, (s_x, s_x), (s_v, F.ones([2], DType.Float64))));
        Assert.Contains("tangent", shape.Message, StringComparison.Ordinal);
        Assert.Contains("float64[3]", shape.Message, StringComparison.Ordinal);
        Assert.Contains("float64[2]", shape.Message, StringComparison.Ordinal);
        var type = Assert.Throws<DTypeException>(() => Grad.Jvp((Tensor x) => x, s_x, F.ones([3])));
        Assert.Contains("float32[3]", type.Message, StringComparison.Ordinal);
        var cotangent = Assert.Throws<ShapeException>(() => Grad.Pullback((Tensor x) => (x, x.sum()), s_x).Pullback((s_x, s_x)));
        Assert.Contains("cotangent", cotangent.Message, StringComparison.Ordinal);
        Assert.Throws<DifferentiationException>(() => Grad.Jvp((Tensor x) => x + 1, F.tensor(new[] { 1L }), F.tensor(new[] { 1L })));
        Assert.Throws<ArgumentNullException>(() => Grad.Jvp((Func<Tensor, Tensor>)null!, s_x, s_v));
    }

    [Fact]
    public void ALinearApproximationOfATraceIsUselessOutside()
    {
        Func<Tensor, Tensor>? kept = null;
        Jit.Compile((Tensor x) =>
        {
            kept = Grad.Linearize((Tensor y) => F.sin(y), x).Jvp;
            return x;
        }).Invoke(s_x);
        Assert.Throws<LeakedTensorException>(() => kept!(s_v));
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance = 1e-12) =>
        OpCheck.AssertClose(expected, actual, tolerance, "value");
}
