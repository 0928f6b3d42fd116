using Brachy.Compilation;

namespace Brachy.Tests.Transforms;

/// <summary>Functions with gradients of the user's own: values, first and second derivatives, eagerly and compiled.</summary>
[Trait("Category", "Quick")]
public class CustomVjpTests
{
    private static readonly Tensor s_x = F.tensor(new[] { 0.5, 1.5, -2.0 });

    // The documented example of jax.custom_vjp: the derivative of log(1 + eˣ) without inf / inf.
    private static readonly Func<Tensor, Tensor> s_log1pexp = CustomVjp.Create(
        (Tensor x) => F.log(1 + F.exp(x)),
        x =>
        {
            var e = F.exp(x);
            return (F.log(1 + e), e);
        },
        (e, g) => g * (1 - 1 / (1 + e)));

    private static readonly Func<Tensor, Tensor> s_reverse = CustomVjp.Create((Tensor x) => x, (x, y, g) => -g);

    [Fact]
    public void Log1pExpIsStable()
    {
        var plain = Grad.Of((Tensor x) => F.log(1 + F.exp(x)).sum());
        var stable = Grad.Of((Tensor x) => s_log1pexp(x).sum());
        var large = F.tensor(new[] { 1000.0 });
        Assert.True(double.IsNaN((double)plain(large)));
        Assert.Equal(1, (double)stable(large));
        Assert.Equal(1, (double)Jit.Compile(stable).Invoke(large));
    }

    [Fact]
    public void HonestGradientsAgreeWithFiniteDifferencesToSecondOrder()
    {
        AgreesWithDifferences(x => (s_log1pexp(x * 2) * x).sum(), s_x);

        // Root by Newton's method, differentiated implicitly: y = (y + a / y) / 2.
        var root = CustomVjp.Create<Tensor, Tensor>(NewtonRoot, (a, y, g) => g * (0.5 / y) / (1 - (1 - a / (y * y)) / 2));
        AgreesWithDifferences(a => (root(a) * a).sum(), F.tensor(new[] { 0.5, 2.0, 9.0 }));

        // The norm, whose derivative at 0 is chosen to be 0.
        var norm = CustomVjp.Create((Tensor x) => F.sqrt((x * x).sum()), (x, y, g) => F.where(y > 0, g * x / F.where(y > 0, y, 1), 0));
        AgreesWithDifferences(x => norm(F.sin(x)), s_x);
        Assert.Equal([0, 0], Grad.Of(norm)(F.zeros([2], DType.Float64)).ToArray<double>());
    }

    [Fact]
    public void AFixedPointIsDifferentiatedByItsEquation()
    {
        // y = tanh(w y + b), so dy/db = s / (1 - s w) and dy/dw = y dy/db with s = 1 - y².
        var solve = CustomVjp.Create<(Tensor W, Tensor B), Tensor>(
            a => Iterate(a.W, a.B),
            (a, y, g) =>
            {
                var s = 1 - y * y;
                var b = g * s / (1 - s * a.W);
                return (b * y, b);
            });
        var start = (F.full([], 0.6, DType.Float64), F.full([], 0.3, DType.Float64));
        var solution = (double)Iterate(start.Item1, start.Item2);
        var slope = 1 - solution * solution;
        var expected = slope / (1 - slope * 0.6);
        var gradient = Grad.Of(((Tensor W, Tensor B) a) => solve(a));
        var (gw, gb) = gradient(start);
        Assert.Equal(expected, (double)gb, 12);
        Assert.Equal(expected * solution, (double)gw, 12);
        (gw, gb) = Jit.Compile(gradient).Invoke(start);
        Assert.Equal(expected, (double)gb, 12);
        Assert.Equal(expected * solution, (double)gw, 12);
        AgreesWithDifferences(x => solve((x[0], x[1])), F.tensor(new[] { 0.6, 0.3 }));
    }

    [Fact]
    public void StraightThroughAndClippedGradients()
    {
        var round = CustomVjp.Create((Tensor x) => F.round(x), (x, y, g) => g);
        AssertGradient([0, 4, -4], x => (round(x) * round(x)).sum());
        var clipped = CustomVjp.Create((Tensor x) => x * 1, (x, y, g) => F.clamp(g, -1, 1));
        AssertGradient([0.5, 1, -1], x => (clipped(x) * F.stop_gradient(x)).sum());
    }

    [Fact]
    public void AResultThatIsTheArgumentHasTheGradientOfBothUses()
    {
        AssertGradient([-1, -1, -1], x => s_reverse(x).sum());
        AssertGradient([2, 2, 2], x => (3 * x + s_reverse(x)).sum());
        AssertGradient([0, 0, 0], x => (x + s_reverse(x)).sum());
    }

    [Fact]
    public void ThePlainFunctionRunsUnlessAGradientCanBeAskedFor()
    {
        var (plain, forward, backward) = (0, 0, 0);
        var f = CustomVjp.Create(
            (Tensor x) =>
            {
                plain++;
                return x * x;
            },
            x =>
            {
                forward++;
                return (x * x, x);
            },
            (x, g) =>
            {
                backward++;
                return 2 * x * g;
            });
        f(s_x);
        Jit.Compile(f).Invoke(s_x);
        Assert.Equal((2, 0, 0), (plain, forward, backward));
        Grad.Of((Tensor x) => f(x).sum())(s_x);
        Assert.Equal((2, 1, 1), (plain, forward, backward));
        var compiled = Jit.Compile((Tensor x) => f(x) + Grad.Of((Tensor y) => f(y).sum())(x));
        compiled.Invoke(s_x);
        Assert.Equal((3, 2, 2), (plain, forward, backward));
        Assert.DoesNotContain(compiled.Graph!.Equations, e => e.Primitive.Renames);

        // What no gradient goes through asks for none.
        Grad.Of((Tensor x) => (x + f(s_x)).sum())(s_x);
        Assert.Equal((3, 3, 2), (plain, forward, backward));
    }

    [Fact]
    public void EqualFunctionsWithOtherGradientsStayApart()
    {
        var (one, two) = (
            CustomVjp.Create((Tensor x) => F.sin(x), (x, y, g) => g), CustomVjp.Create((Tensor x) => F.sin(x), (x, y, g) => 10 * g));
        AssertGradient([11, 11, 11], x => (one(x) + two(x)).sum());
    }

    [Fact]
    public void TreesTuplesAndIntegersOnBothSides()
    {
        var tree = new StructureTree
        {
            Params = { ["w"] = s_x, ["frozen"] = s_x * 2 },
            Buffers = { ["count"] = F.tensor(new[] { 1L, 2, 3 }) },
            Submodules = { ["inner"] = new StructureTree { Params = { ["same"] = s_x } } },
        };
        var f = CustomVjp.Create(
            ((StructureTree Tree, Tensor X) a) => new Weights(a.Tree.Params["w"].Tensor * a.X, a.Tree.Buffers["count"].Tensor, "result"),
            (a, y, g) =>
            {
                Assert.Equal(("result", DType.Int64), (g.Name, g.B.dtype));
                return (new StructureTree { Params = { ["w"] = 100 * g.W * a.X } }, null!);
            });
        var (gradient, byX) = Grad.Of(((StructureTree, Tensor) a) => (f(a).W * f(a).B).sum())((tree, s_x));
        Assert.Equal([50, 300, -600], gradient.Params["w"].Tensor.ToArray<double>());
        Assert.Same(gradient.Params["w"].Tensor, gradient.Submodules["inner"].Params["same"].Tensor);
        Assert.Equal([0, 0, 0], gradient.Params["frozen"].Tensor.ToArray<double>());
        Assert.Equal([0, 0, 0], byX.ToArray<double>());
    }

    [Fact]
    public void GradientsAtTheTwoPlacesOfASharedWeightAddUp()
    {
        var tree = new StructureTree { Params = { ["a"] = s_x, ["b"] = s_x } };
        var apart = CustomVjp.Create(
            (StructureTree t) => t.Params["a"].Tensor * t.Params["b"].Tensor,
            (t, y, g) => new StructureTree { Params = { ["a"] = g * t.Params["b"].Tensor, ["b"] = g * t.Params["a"].Tensor } });
        Assert.Equal([1, 3, -4], Grad.Of((StructureTree t) => apart(t).sum())(tree).Params["a"].Tensor.ToArray<double>());
        var together = CustomVjp.Create(
            (StructureTree t) => t.Params["a"].Tensor * t.Params["b"].Tensor, (t, y, g) => t.MapParamsBuffers((_, w) => 2 * g * w));
        Assert.Equal([1, 3, -4], Grad.Of((StructureTree t) => together(t).sum())(tree).Params["a"].Tensor.ToArray<double>());

        // One tensor as the gradient of two weights is not a shared weight.
        var pair = CustomVjp.Create(
            (StructureTree t) => t.Params["a"].Tensor + t.Params["b"].Tensor,
            (t, y, g) => new StructureTree { Params = { ["a"] = g, ["b"] = g } });
        var two = new StructureTree { Params = { ["a"] = s_x, ["b"] = F.clone(s_x) } };
        var gradient = Grad.Of((StructureTree t) => pair(t).sum())(two);
        Assert.Equal([1, 1, 1], gradient.Params["a"].Tensor.ToArray<double>());
        Assert.Equal([1, 1, 1], gradient.Params["b"].Tensor.ToArray<double>());
    }

    [Fact]
    public void SeveralResultsOfWhichSomeAreNotUsed()
    {
        var f = CustomVjp.Create(
            (Tensor x) => (x * 1, x * 2),
            x => ((x * 1, x * 2), x),
            (x, g) => 100 * g.Item1 + 10 * g.Item2);
        AssertGradient([10, 10, 10], x => f(x).Item2.sum());
        AssertGradient([110, 110, 110], x => (f(x).Item1 + f(x).Item2).sum());
    }

    [Fact]
    public void DonatedMemoryIsOverwrittenOnlyWhenNothingReadsItLater()
    {
        (StructureTree, Tensor) Step(StructureTree model, Tensor lr)
        {
            var seen = s_reverse(model.Params["w"].Tensor);
            var grads = Grad.Of((StructureTree m) => (s_reverse(m.Params["w"].Tensor) * m.Params["w"].Tensor).sum())(model);
            var updated = F.multi_sgd(
                [model.Params["w"].Tensor], [grads.Params["w"].Tensor + 1], [], lr, 0, 0, 0, F.ones([]), false, false).Parameters[0];
            return (new StructureTree { Params = { ["w"] = updated } }, seen * 2);
        }

        StructureTree Model() => new() { Params = { ["w"] = F.clone(s_x) } };
        var lr = F.full([], 0.1, DType.Float64);
        var (expected, seen) = Step(Model(), lr);
        var (actual, compiledSeen) = Jit.Compile<StructureTree, Tensor, (StructureTree, Tensor)>(Step, donate: [0]).Invoke(Model(), lr);
        Assert.Equal([0.4, 1.4, -2.1], expected.Params["w"].Tensor.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        Ops.OpCheck.AssertClose(expected.Params["w"].Tensor, actual.Params["w"].Tensor, 1e-12, "compiled");
        Assert.Equal([1, 3, -4], seen.ToArray<double>());
        Assert.Equal([1, 3, -4], compiledSeen.ToArray<double>());
    }

    [Fact]
    public void WrongGradientsAreNamed()
    {
        Contains<ShapeException>(
            (x, y, g) => g.sum(), "Scale gave a float64[] as the gradient of 'argument', which is float64[3]", "broadcast");
        Contains<DTypeException>(
            (x, y, g) => g.to(DType.Float32), "Scale gave a float32[3] as the gradient of 'argument', which is float64[3]", "x.to(dtype)");
        var pair = CustomVjp.Create(((Tensor A, Tensor B) a) => a.A * a.B, (a, y, g) => (g, g[0]));
        var error = Assert.Throws<ShapeException>(() => Grad.Of(((Tensor, Tensor) a) => pair(a).sum())((s_x, s_x)));
        Assert.Contains("'argument.Item2'", error.Message, StringComparison.Ordinal);
        var tree = CustomVjp.Create(
            (StructureTree t) => t.Params["w"].Tensor * 2, (t, y, g) => new StructureTree { Params = { ["weight"] = g } },
            name: "Doubling");
        var unknown = Assert.Throws<ArgumentException>(
            () => Grad.Of((StructureTree t) => tree(t).sum())(new StructureTree { Params = { ["w"] = s_x } }));
        Assert.Contains(
            "Doubling gave a gradient for 'argument.weight', where its argument has no tensor; it has some at 'argument.w'",
            unknown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => { CustomVjp.Create(null!, (Tensor x, Tensor y, Tensor g) => g); });
        Assert.Throws<ArgumentNullException>(() => { CustomVjp.Create((Tensor x) => x, (Func<Tensor, Tensor, Tensor, Tensor>)null!); });
        Assert.Null(Trace.Current);

        static void Contains<TException>(Func<Tensor, Tensor, Tensor, Tensor?> backward, params string[] parts)
            where TException : Exception
        {
            var f = CustomVjp.Create((Tensor x) => x * 2, backward, name: "Scale");
            var error = Assert.Throws<TException>(() => Grad.Of((Tensor x) => f(x).sum())(s_x));
            Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void ACapturedTensorIsAConstantAndNeverSilentlyWithoutGradient()
    {
        Tensor Loss(Tensor w, Func<Tensor, Tensor> see)
        {
            var scale = CustomVjp.Create((Tensor x) => x * see(w), (x, y, g) => g * see(w), name: "Scale");
            return Grad.Of((Tensor x) => scale(x).sum())(s_x).sum() + scale(s_x).sum();
        }

        // By x alone, w is a constant; the outer derivative by w would be half of the truth.
        Assert.Equal(6, (double)Loss(F.tensor(2.0), w => w), 12);
        var error = Assert.Throws<DifferentiationException>(() => Grad.Of((Tensor w) => Loss(w, v => v))(F.tensor(2.0)));
        Assert.Contains("Scale", error.Message, StringComparison.Ordinal);
        Assert.Contains("captured", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (double)Grad.Of((Tensor w) => Loss(w, F.stop_gradient))(F.tensor(2.0)));
    }

    private static Tensor NewtonRoot(Tensor a)
    {
        var y = a * 0.5 + 0.5;
        for (var i = 0; i < 12; i++)
        {
            y = (y + a / y) / 2;
        }

        return y;
    }

    private static Tensor Iterate(Tensor w, Tensor b)
    {
        var y = b;
        for (var i = 0; i < 80; i++)
        {
            y = F.tanh(w * y + b);
        }

        return y;
    }

    private static void AssertGradient(double[] expected, Func<Tensor, Tensor> function)
    {
        var gradient = Grad.Of(function);
        foreach (var actual in
            new[] { gradient(s_x), Jit.Compile(gradient).Invoke(s_x), Jit.Compile(gradient, backend: Backend.Interpreter).Invoke(s_x) })
        {
            Assert.Equal(expected, actual.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        }
    }

    /// <summary>First derivatives against differences of values, second ones against differences of first ones.</summary>
    private static void AgreesWithDifferences(Func<Tensor, Tensor> function, Tensor x)
    {
        var first = Grad.Of(function);
        var weights = F.tensor(Enumerable.Range(1, (int)x.numel()).Select(i => 0.3 * i).ToArray());
        Tensor Weighted(Tensor y) => (first(y) * weights).sum();
        foreach (var f in new[] { function, Weighted })
        {
            var gradient = Grad.Of(f);
            var expected = Differences(f, x);
            foreach (var actual in new[] { gradient(x), Jit.Compile(gradient).Invoke(x) })
            {
                Assert.Equal(expected, actual.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-7 * (1 + Math.Abs(a)));
            }
        }
    }

    private static double[] Differences(Func<Tensor, Tensor> function, Tensor x)
    {
        const double Step = 1e-5;
        var values = x.ToArray<double>();
        return [.. values.Select((v, i) => (At(i, v + Step) - At(i, v - Step)) / (2 * Step))];

        double At(int index, double value)
        {
            var changed = (double[])values.Clone();
            changed[index] = value;
            return (double)function(F.tensor(changed));
        }
    }

    /// <summary>
    /// As in JAX, a forward function may call the function itself, which then runs plainly; higher derivatives use the rule again.
    /// </summary>
    [Fact]
    public void AForwardFunctionMayCallTheFunctionItself()
    {
        Func<Tensor, Tensor> cube = null!;
        cube = CustomVjp.Create(
            (Tensor x) => x * x * x,
            x => (cube(x), (x, cube(x))),
            ((Tensor X, Tensor Y) kept, Tensor g) => g * 3 * kept.Y / kept.X);
        Func<Tensor, Tensor>[] derivatives = [x => Grad.Of((Tensor z) => cube(z).sum())(x), null!, null!];
        derivatives[1] = x => Grad.Of((Tensor z) => derivatives[0](z).sum())(x);
        derivatives[2] = x => Grad.Of((Tensor z) => derivatives[1](z).sum())(x);
        Func<double, double>[] expected = [x => 3 * x * x, x => 6 * x, _ => 6];
        for (var order = 0; order < 3; order++)
        {
            var derivative = derivatives[order];
            foreach (var found in new[] { derivative(s_x), Jit.Compile((Tensor x) => derivative(x)).Invoke(s_x) })
            {
                var values = found.ToArray<double>();
                Assert.All(s_x.ToArray<double>().Zip(values), pair => Assert.Equal(expected[order](pair.First), pair.Second, 1e-9));
            }
        }
    }

    [Fact]
    public void FunctionsThatCallThemselvesToAnEnd()
    {
        Func<(Tensor X, int N), Tensor> power = null!;
        power = CustomVjp.Create(
            ((Tensor X, int N) a) => a.N == 0 ? F.ones_like(a.X) : a.X * power((a.X, a.N - 1)),
            a => (a.X * power((a.X, a.N - 1)), (a.X, a.N)),
            ((Tensor X, int N) kept, Tensor g) => (g * kept.N * power((kept.X, kept.N - 1)), kept.N));
        var gradient = Grad.Of((Tensor x) => power((x, 5)).sum());
        Assert.All(s_x.ToArray<double>().Zip(gradient(s_x).ToArray<double>()), pair =>
            Assert.Equal(5 * Math.Pow(pair.First, 4), pair.Second, 1e-9));
    }
}
