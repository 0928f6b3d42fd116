using Brachy.CompilerServices;
using Brachy.IO;
using Brachy.Optim;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Optim;

/// <summary>L-BFGS against the steps of PyTorch 1.13's, in float64.</summary>
public class LBFGSTests
{
    public static TheoryData<string> Names => [.. s_runs.Keys];

    /// <summary>A function to minimise, settings, and for each step PyTorch's loss, params, evaluations and directions.</summary>
    private static readonly Dictionary<string, (bool IsRosenbrock, Func<StructureTree, LBFGS> Make, (
        double Loss, double[] Params, long Evals, long Iterations)[] Steps)> s_runs = new()
        {
            ["line search"] = (true, m => new LBFGS(m, maxIter: 7, lineSearch: LineSearch.StrongWolfe),
            [
                (24.199999999999996, [-0.9970310351680055, 0.9755913846740084], 8, 6),
                (4.02228214897995, [-0.2560895768966468, 0.03726198161622369], 18, 13),
                (1.6579626408971875, [0.34184236067537654, 0.09925827373850052], 26, 18),
                (0.4641401774955063, [0.7887038200403467, 0.6122685417325051], 34, 24),
                (0.05422103871344081, [0.9768773674819872, 0.9525832436377473], 42, 29),
            ]),
            ["short history"] = (true, m => new LBFGS(m, historySize: 3, lineSearch: LineSearch.StrongWolfe),
            [
                (24.199999999999996, [0.3835069784942435, 0.1188499859575655], 25, 20),
                (0.4597434794356088, [0.9999980081542921, 0.9999972100107387], 42, 37),
                (1.4645898550659997e-10, [0.9999980081542921, 0.9999972100107387], 43, 38),
            ]),
            ["small fixed steps"] = (true, m => new LBFGS(m, lr: 0.002, maxIter: 5, historySize: 2),
            [
                (24.199999999999996, [-1.1974790313720332, 1.0011421596552947], 5, 5),
                (23.56169877943054, [-1.196184140665025, 1.0020552618212601], 10, 10),
                (23.21027482701248, [-1.1949786442800745, 1.0031929331754683], 15, 15),
                (22.861823348106256, [-1.1938634336885101, 1.0045521605348993], 20, 20),
            ]),
            ["few evaluations"] = (true, m => new LBFGS(m, lr: 0.5, maxIter: 4, maxEval: 5, lineSearch: LineSearch.StrongWolfe),
            [
                (24.199999999999996, [-1.0100101970392679, 1.068740814201533], 5, 4),
                (4.276533533351236, [-1.0238029065715688, 1.0571472054105784], 10, 8),
                (4.103832933112598, [-1.0098449267249883, 1.01064284557605], 15, 12),
                (4.0478377759008595, [-0.8854253361399964, 0.7395859032475252], 20, 16),
            ]),
            ["two params"] = (false, m => new LBFGS(m, lr: 0.3, maxIter: 6),
            [
                (6.35, [0.322295038388302, 0.05391451091117982, 0.019414692711996376, 0.1907318292400512], 6, 6),
                (-0.16141872289721962, [0.2283357175712337, 0.3528114584064508, -0.05460272539198698, -0.034451605353753], 12, 12),
                (-0.30192209338230663, [0.21702918472544755, 0.38760459447026224, -0.0634708620164722, -0.06110017869741438], 18, 18),
            ]),
            ["until the gradient is small"] = (
                false, m => new LBFGS(m, maxIter: 6, toleranceGrad: 1e-3, lineSearch: LineSearch.StrongWolfe),
            [
                (6.35, [0.2151381051530686, 0.3924904857923386, -0.0635185939927024, -0.06465004768144547], 7, 6),
                (-0.3038786110595851, [0.2155132768338226, 0.392227336698463, -0.06463137967081505, -0.06464813379962081], 9, 7),
                (-0.303879309797235, [0.2155132768338226, 0.392227336698463, -0.06463137967081505, -0.06464813379962081], 10, 7),
            ]),
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void StepsAreThoseOfPyTorch(string name)
    {
        var (isRosenbrock, make, steps) = s_runs[name];
        var model = isRosenbrock ? Valley() : Bowl();
        Func<StructureTree, (StructureTree, Tensor)> loss = isRosenbrock ? Rosenbrock : Quadratic;
        var compiled = Jit.Compile((StructureTree m) =>
            Grad.TreeValueAndGrad<(StructureTree Model, Tensor Loss)>(m, loss, r => r.Loss, TreeHandler.For<(StructureTree, Tensor)>()));
        var (opt, config) = make(model);
        var (otherOpt, other) = (opt, model);
        foreach (var expected in steps)
        {
            (opt, model, var value) = Optimizer.Step(opt, config, model, loss);
            AssertClose(expected.Loss, (double)value);
            var values = model.Tensors().SelectMany(t => F.reshape(t.Tensor, [-1]).ToArray<double>()).ToArray();
            Assert.Equal(expected.Params.Length, values.Length);
            Assert.All(expected.Params.Zip(values), pair => AssertClose(pair.First, pair.Second));
            Assert.Equal(
                (expected.Evals, expected.Iterations), ((long)opt.Buffers["func_evals"].Tensor, (long)opt.Buffers["n_iter"].Tensor));

            (otherOpt, other, var otherValue) = Optimizer.Step(otherOpt, config, other, (current, _) =>
            {
                var ((ran, l), grads) = compiled.Invoke(current);
                return (ran, grads, l);
            });
            AssertClose(expected.Loss, (double)otherValue);
            Assert.All(other.Tensors().Zip(model.Tensors()), pair => Assert.All(
                F.reshape(pair.First.Tensor, [-1]).ToArray<double>()
                    .Zip(F.reshape(pair.Second.Tensor, [-1]).ToArray<double>()), v => AssertClose(v.First, v.Second)));
        }

        Assert.Equal(1, compiled.TraceCount);
    }

    [Fact]
    public void AStateFromAFileGoesOnWithTheSameBits()
    {
        using var folder = new TemporaryFolder();
        var model = Valley();
        var (opt, config) = new LBFGS(model, maxIter: 3, historySize: 4, lineSearch: LineSearch.StrongWolfe);
        void Train()
        {
            for (var i = 0; i < 3; i++)
            {
                (opt, model, _) = Optimizer.Step(opt, config, model, Rosenbrock);
            }
        }

        Train();
        Checkpoint.Save(folder["lbfgs.safetensors"], ("opt", (opt, config)), ("model", (model, GlobalConfig.Empty)));
        Train();
        var expected = model.Params["x"].Tensor.ToArray<double>();
        var loaded = Checkpoint.Load(folder["lbfgs.safetensors"]);
        ((opt, config), (model, _)) = (loaded.Tree("opt"), loaded.Tree("model"));
        Train();
        Assert.Equal(expected, model.Params["x"].Tensor.ToArray<double>());
    }

    [Fact]
    public void HalfPrecisionAndSharedParamsTrain()
    {
        var shared = F.full([3], 2.0, DType.BFloat16);
        var model = new StructureTree { Params = { ["a"] = shared, ["b"] = shared, ["c"] = F.full([2, 2], -1.0, DType.Float32) } };
        var (opt, config) = new LBFGS(model, lineSearch: LineSearch.StrongWolfe);
        (opt, model, _) = Optimizer.Step(opt, config, model, m =>
            (m, m.Tensors().Aggregate(F.zeros([]), (sum, t) => sum + F.square(t.Tensor.to(DType.Float32) - 1).sum())));
        Assert.Same(model.Params["a"].Tensor, model.Params["b"].Tensor);
        Assert.Equal((DType.BFloat16, DType.Float32), (model.Params["a"].Tensor.dtype, model.Params["c"].Tensor.dtype));
        Assert.All(
            model.Tensors(), t => Assert.All(F.reshape(t.Tensor.to(DType.Float64), [-1]).ToArray<double>(), v => Assert.Equal(1, v, 0.01)));
    }

    [Fact]
    public void AGroupOfItsOwnAsksForLossesOfItsOwn()
    {
        var model = Bowl();
        var (opt, config) = new ParamGroups(model, ("x", m => new LBFGS(m, lineSearch: LineSearch.StrongWolfe)), ("**", _ => new Frozen()));
        (_, var after, _) = Optimizer.Step(opt, config, model, Quadratic);

        // With y fixed at (0.5, 1.5), the gradient by x is zero at A x = 1 - 0.6 e0.
        AssertClose(-0.04, (double)after.Params["x"].Tensor[0], 2e-3);
        AssertClose(0.52, (double)after.Params["x"].Tensor[1], 2e-3);
        Assert.Equal(1.5, (double)after.Params["y"].Tensor[1, 0]);
    }

    [Fact]
    public void ATracedStepIsRefused()
    {
        var (opt, config) = new LBFGS(Valley());
        var step = Jit.Compile((StructureTree o, StructureTree m) => Optimizer.Step(o, config, m, Rosenbrock).Model);
        Assert.Contains("LBFGS decides by values", Assert.Throws<ConcretizationException>(() => step.Invoke(opt, Valley())).Message);
    }

    [Fact]
    public void WrongSettingsAndModelsAreRefused()
    {
        Action[] bad =
        [
            () => new LBFGS(Valley(), lr: -1), () => new LBFGS(Valley(), maxIter: 0), () => new LBFGS(Valley(), maxEval: 0),
            () => new LBFGS(Valley(), toleranceGrad: -1),
            () => new LBFGS(Valley(), toleranceChange: double.NaN), () => new LBFGS(Valley(), historySize: 0),
            () => new LBFGS(Valley(), lineSearch: (LineSearch)4),
        ];
        Assert.All(bad, make => Assert.Throws<ArgumentOutOfRangeException>(make));
        var (opt, config) = new LBFGS(Valley());
        (opt, _, _) = Optimizer.Step(opt, config, Valley(), Rosenbrock);
        Assert.Contains("4", Assert.Throws<ArgumentException>(() => Optimizer.Step(opt, config, Bowl(), Quadratic)).Message);
        var whole = new StructureTree { Params = { ["n"] = F.ones([2], DType.Int64) } };
        Assert.Contains("'n'", Assert.Throws<DTypeException>(() => Optimizer.Step(opt, config, whole, m => (m, F.ones([])))).Message);
        (opt, config) = new LBFGS(new StructureTree());
        var (_, empty, loss) = Optimizer.Step(opt, config, new StructureTree(), m => (m, F.ones([])));
        Assert.Equal((0, 1), (empty.Tensors().Count(), (double)loss));
    }

    private static StructureTree Valley() => new() { Params = { ["x"] = F.tensor([-1.2, 1.0]) } };

    private static StructureTree Bowl() =>
        new() { Params = { ["x"] = F.tensor([1.0, -2.0]), ["y"] = F.reshape(F.tensor([0.5, 1.5]), [2, 1]) } };

    private static (StructureTree Model, Tensor Loss) Rosenbrock(StructureTree model)
    {
        var x = model.Params["x"].Tensor;
        return (model, F.square(1 - x[0]) + (100 * F.square(x[1] - F.square(x[0]))));
    }

    private static (StructureTree Model, Tensor Loss) Quadratic(StructureTree model)
    {
        var (x, y) = (model.Params["x"].Tensor, model.Params["y"].Tensor);
        var a = F.reshape(F.tensor([3.0, 1.0, 1.0, 2.0]), [2, 2]);
        return (model, ((F.matmul(a, x) * x).sum() / 2) - x.sum() + (F.square(y).sum() * 0.5) + ((y * x[0]).sum() * 0.3));
    }

    private static void AssertClose(double expected, double actual, double tolerance = 1e-7) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(1e-3, Math.Abs(expected)), $"{actual} instead of {expected}");
}
