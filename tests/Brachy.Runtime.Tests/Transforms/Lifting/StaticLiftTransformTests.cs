using Brachy.Transforms;

namespace Brachy.Tests.Transforms;

/// <summary>Transforms of a user's own, nested ones, and gradients, lifted.</summary>
public class StaticLiftTransformTests
{
    private static readonly Tensor s_x = F.tensor(new[] { 0.5, 1.5, -2.0 });

    /// <summary>The mean of a function over inputs moved by some steps.</summary>
    private static Func<TensorFunction, TensorFunction> Averaged(params double[] steps) => function => x =>
    {
        var results = steps.Select(step => function([.. x.Select(t => t + step)])).ToArray();
        return [.. results[0].Select((_, i) => results.Select(r => r[i]).Aggregate((a, b) => a + b) / steps.Length)];
    };

    [Fact]
    public void AnAverageOverMovedInputs()
    {
        var f = Static.Lift(Averaged(-1, 0, 2)).Of((Weights w, int power) => new Weights(F.pow(w.W, power), w.B * 2, $"^{power}"));
        var result = f(new(s_x, s_x, "w"), 2);
        Assert.Equal(
            s_x.ToArray<double>().Select(v => (((v - 1) * (v - 1)) + (v * v) + ((v + 2) * (v + 2))) / 3), result.W.ToArray<double>(),
            (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(s_x.ToArray<double>().Select(v => 2 * (v + (1 / 3.0))), result.B.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal("^2", result.Name);
    }

    [Fact]
    public void ATransformMayComputeAsItIsAppliedAndLog()
    {
        var log = new List<string>();
        Func<Tensor, string, (Tensor, string)> Scaled() => Static.Lift(function =>
        {
            var scale = F.full([1], 3.0, DType.Float64);
            return x =>
            {
                log.Add(string.Join(" ", x.Select(t => t.Type)));
                return [.. function(x).Select(t => t * scale)];
            };
        }).Of((Tensor x, string text) => (x + 1, text));
        var scaled = Scaled();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal([4.5, 7.5, -3], scaled(s_x, "a").Item1.ToArray<double>());
        }

        // In a trace, what the transform makes must not stay behind.
        var other = Scaled();
        Assert.Equal([4.5, 7.5, -3], Jit.Compile((Tensor x) => other(x, "a").Item1).Invoke(s_x).ToArray<double>());
        Assert.Equal([4.5, 7.5, -3], other(s_x, "a").Item1.ToArray<double>());
        Assert.Equal(["float64[3]", "float64[3]", "float64[3]", "float64[3]"], log);
    }

    [Fact]
    public void LiftsNest()
    {
        var traces = 0;
        var jit = Static.Lift(Jit.Transform);
        var averaged = Static.Lift(Averaged(0, 1)).Of((StructureTree t, string mode) =>
        {
            traces++;
            return (Value: t.Params["w"].Tensor * (mode == "double" ? 2 : 1), Mode: mode);
        });
        var f = jit.Of(averaged);
        foreach (var (mode, factor, count) in new[] { ("double", 2, 2), ("single", 1, 4), ("double", 2, 4) })
        {
            var (value, same) = f(new() { Params = { ["w"] = s_x } }, mode);
            Assert.Equal(s_x.ToArray<double>().Select(v => factor * (v + 0.5)), value.ToArray<double>());
            Assert.Equal((mode, count), (same, traces));
        }

        // The other way round the compiled function runs twice in each call.
        var compiled = Static.Lift(Averaged(0, 1)).Of(jit.Of((Tensor x) => x * x));
        Assert.Equal(s_x.ToArray<double>().Select(v => ((v * v) + ((v + 1) * (v + 1))) / 2), compiled(s_x).ToArray<double>());

        // A function that calls itself with another static part.
        Func<Tensor, int, (Tensor, string)> power = null!;
        power = Static.Lift(function => function).Of(
            (Tensor x, int n) => n == 0 ? (x * 0 + 1, "1") : (x * power(x, n - 1).Item1, $"x^{n}"));
        Assert.Equal([0.125, 3.375, -8], power(s_x, 3).Item1.ToArray<double>());
        Assert.Equal("x^3", power(s_x, 3).Item2);
    }

    [Fact]
    public void GradientsHaveTheStructureOfTheFirstArgument()
    {
        var gradient = Static.LiftGradient(Grad.Transform);
        var f = gradient.Of((Weights w, Tensor x, int power, string mode) => (F.pow(w.W * x, power) + (mode == "b" ? w.B : 0)).sum());
        var integers = F.tensor(new[] { 1L, 2L, 3L });
        for (var i = 0; i < 2; i++)
        {
            var grad = f(new(s_x, integers, "name"), 2 * s_x, 3, "b");

            // d/dw of (w x)³ with x = 2 w: 3 (2 w²)² · 2 w
            Assert.Equal(
                s_x.ToArray<double>().Select(v => 24 * Math.Pow(v, 5)), grad.W.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-9);
            Assert.Equal([0L, 0, 0], grad.B.ToArray<long>());
            Assert.Equal("name", grad.Name);
        }

        Assert.Equal([24.0, 24, 24], f(new(F.ones_like(s_x), s_x, ""), F.full_like(s_x, 2), 3, "a").W.ToArray<double>());
        Assert.Throws<ArgumentException>(() => gradient.Of((Weights w) => w.W.sum(), staticArguments: [0]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ValueAndGradientOfATreeMatchesFiniteDifferences(bool compiled)
    {
        Func<StructureTree, int, (StructureTree Tree, Tensor Loss, string Text)> function = (tree, power) =>
        {
            var w = tree.Params["w"].Tensor;
            tree.Buffers["calls"] = tree.Buffers["calls"].Tensor + 1;
            return (tree, F.pow(F.sin(w) + 2, 0.5 * power).sum(), $"power {power}");
        };
        Func<TensorFunction, int[], TensorFunction> transform = compiled
            ? (f, inputs) => Jit.Transform(Grad.ValueTransform(f, inputs))
            : Grad.ValueTransform;
        var both = Static.LiftValueAndGradient(transform).Of(function, r => r.Loss);
        StructureTree Tree(Tensor w) => new() { Params = { ["w"] = w }, Buffers = { ["calls"] = F.zeros([]) }, Aux = { ["a"] = 1 } };
        double Loss(double[] w, int power) => w.Sum(v => Math.Pow(Math.Sin(v) + 2, 0.5 * power));
        foreach (var power in new[] { 5, 3, 5 })
        {
            var ((tree, loss, text), grad) = both(Tree(s_x), power);
            var values = s_x.ToArray<double>();
            Assert.Equal(Loss(values, power), (double)loss, 9);
            Assert.Equal((1, 1, $"power {power}"), ((double)tree.Buffers["calls"].Tensor, tree.Aux["a"], text));
            for (var i = 0; i < values.Length; i++)
            {
                double[] Moved(double step) => [.. values.Select((v, j) => j == i ? v + step : v)];
                var expected = (Loss(Moved(1e-5), power) - Loss(Moved(-1e-5), power)) / 2e-5;
                Assert.Equal(expected, (double)grad.Params["w"].Tensor[i], 6);
            }

            Assert.Equal((0, 1), ((double)grad.Buffers["calls"].Tensor, grad.Aux["a"]));
        }
    }

    [Fact]
    public void GradientsThroughLiftedFunctionsAndOfHigherOrder()
    {
        var jit = Static.Lift(Jit.Transform).Of((Tensor x, int n) => F.pow(x, n).sum());
        Assert.Equal([0.75, 6.75, 12], Grad.Of((Tensor x) => jit(x, 3))(s_x).ToArray<double>());
        var gradient = Static.LiftGradient(Grad.Transform);
        var second = gradient.Of((Tensor x, int n) => gradient.Of(jit)(x, n).sum());
        Assert.Equal([3, 9, -12], second(s_x, 3).ToArray<double>());
        Assert.Equal([3, 9, -12], Static.Lift(Jit.Transform).Of(second)(s_x, 3).ToArray<double>());
    }

    [Fact]
    public void WrongGradientTransformsAreNamed()
    {
        string Message(Func<TensorFunction, int[], TensorFunction> transform) => Assert.Throws<InvalidOperationException>(
            () =>
                Static.LiftGradient(transform).Of((Weights w, Tensor x) => (w.W * x).sum(), name: "loss")(new(s_x, s_x, ""), s_x)).Message;
        Assert.Equal("loss: the transform gave 1 tensors, but the gradient is made of 2.", Message((f, _) => f));
        var both = Static.LiftValueAndGradient((f, _) => f).Of((Tensor x) => x.sum(), loss => loss, name: "both");
        Assert.Equal(
            "both: the transform gave 0 tensors, but the gradient is made of 1.",
            Assert.Throws<InvalidOperationException>(() => both(s_x)).Message);
        Assert.Throws<DifferentiationException>(() => Static.LiftGradient(Grad.Transform).Of((Tensor x) => x)(s_x));
        Assert.Throws<ArgumentException>(() => Grad.Transform(x => x, [1])([s_x]));
    }

    [Fact]
    public void TemporariesAreFreedAndResultsKept()
    {
        var temporaries = new List<Tensor>();
        var f = Static.Lift(Averaged(0, 1)).Of((Tensor x) =>
        {
            temporaries.Add(x * 2);
            return (temporaries[^1] + 1, new StructureTree { Params = { ["w"] = temporaries[^1] - 1 } });
        });
        Tensor value;
        using (TensorScope.Begin())
        {
            (value, var tree) = f(s_x);
            Assert.All(temporaries, t => Assert.True(t.BufferOrNull!.IsDisposed));
            Assert.Equal([3, 5, -2], value.ToArray<double>());
            Assert.Equal([1, 3, -4], tree.Params["w"].Tensor.ToArray<double>());
        }

        Assert.True(value.BufferOrNull!.IsDisposed);
    }

    [Fact]
    public void ACompiledConstantOutlivesTheCallThatTracedIt()
    {
        var constant = F.ones([3], DType.Float64) * 2;
        var f = Static.Lift(Jit.Transform).Of((Tensor x) => x * constant);
        for (var i = 0; i < 3; i++)
        {
            using var scope = TensorScope.Begin();
            Assert.Equal([1.0, 3, -4], f(s_x).ToArray<double>());
        }
    }

    [Fact]
    public void ErrorsInACompiledFunctionNameTheArgument()
    {
        var f = Static.Lift(Jit.Transform).Of((Tensor x, Weights w) => (double)w.W.sum() > 0 ? x : -x, name: "choose");
        var message = Assert.Throws<ConcretizationException>(() => f(s_x, new(s_x, s_x, ""))).Message;
        Assert.Contains("choose is being traced", message, StringComparison.Ordinal);
        Assert.Contains("'argument 2.W'", message, StringComparison.Ordinal);
    }
}
