using Brachy.CompilerServices;
using Brachy.Optim;
using Brachy.Tests.Modules;
using Brachy.Trees;

namespace Brachy.Tests.Optim;

/// <summary>What holds for a step of any optimizer.</summary>
[Trait("Category", "Quick")]
public partial class OptimizerTests
{
    [Fact]
    public void AStepLeavesItsArgumentsAlone()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new SmallNet(6, 8, 3);
        var (opt, optConfig) = new AdamW(model);
        var before = model.GetParams().Tensors().Select(t => t.Tensor.ToArray<float>()).ToArray();
        Step(opt, optConfig, model, config, Rng.Normal([4, 6]), Rng.RandInt(0, 3, [4]));
        Assert.Equal(before, model.GetParams().Tensors().Select(t => t.Tensor.ToArray<float>()));
        Assert.Equal(0, (double)opt.Buffers["step"].Tensor);
    }

    [Fact]
    public void ALossScaleScalesTheGradientsBeforeTheBackwardPass()
    {
        var model = new StructureTree { Params = { ["w"] = F.full([], 3.0) } };
        var scaled = new StructureTree
        {
            ApplyFn = new ApplyFn<(LossAndGrad, StructureTree), StructureTree>("scaled", (_, _, input) =>
            {
                var (ran, grads, _) = input.Item1(input.Item2, F.full([1], 1024.0, DType.Float64));
                return ran.WithParams(grads);
            }),
        };

        // In half precision the gradient 1e-4 * 1e-4 is zero unless it is scaled first.
        (StructureTree Model, Tensor Loss) Loss(StructureTree m) => (m, (m.Params["w"].Tensor.half() * 1e-4 * 1e-4).to(DType.Float32));
        var (_, grads, loss) = Optimizer.Step(scaled, GlobalConfig.Empty, model, Loss);
        Assert.InRange((double)grads.Params["w"].Tensor, 0.9 * 1024e-8, 1.1 * 1024e-8);
        Assert.InRange((double)loss, 0, 1e-7);
        Assert.Throws<DifferentiationException>(
            () => Grad.TreeValueAndGrad(model, Loss, r => r.Loss, TreeHandler.For<(StructureTree Model, Tensor Loss)>(), F.ones([2])));
    }

    [Fact]
    public void AnEditedModelNeedsANewOptimizer()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new SmallNet(6, 8, 3);
        var (opt, optConfig) = new AdamW(model);
        model.Submodules["layers"].Params["extra"] = F.zeros([1]);
        var error = Assert.Throws<ArgumentException>(() => Step(opt, optConfig, model, config, Rng.Normal([4, 6]), Rng.RandInt(0, 3, [4])));
        Assert.Contains("layers.extra", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheStateOfAnotherModelIsNamed()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new SmallNet(6, 16, 3);
        var (other, _) = new SmallNet(6, 8, 3);
        foreach (var optimizer in new AnyOptimizer[] { new AdamW(other), new SGD(other, momentum: 0.9), new RMSprop(other) })
        {
            var (opt, optConfig) = optimizer;
            var error = Assert.Throws<ArgumentException>(
                () => Step(opt, optConfig, model, config, Rng.Normal([4, 6]), Rng.RandInt(0, 3, [4])));
            Assert.Contains(
                "optimizer's state for 'layers.0.weight' is float32[8, 6], but the param is float32[16, 6]; it was made for another model",
                error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void IntegerParamsAreNamedAndCanBeFrozen()
    {
        var model = new StructureTree { Params = { ["w"] = F.ones([2]), ["steps"] = F.full([], 3L) } };
        static (StructureTree, Tensor) Loss(StructureTree m) => (m, m.Params["w"].Tensor.sum());
        foreach (var optimizer in new AnyOptimizer[] { new AdamW(model), new SGD(model), new RMSprop(model) })
        {
            var (opt, optConfig) = optimizer;
            var error = Assert.Throws<DTypeException>(() => Optimizer.Step(opt, optConfig, model, Loss));
            Assert.Contains("'steps' is int64[]", error.Message, StringComparison.Ordinal);
            Assert.Contains("[Buffer]", error.Message, StringComparison.Ordinal);
        }

        var (frozen, frozenConfig) = ParamGroups.Freeze(model, "steps", m => new SGD(m, lr: 0.5));
        var (_, trained, _) = Optimizer.Step(frozen, frozenConfig, model, Loss);
        Assert.Equal((0.5, 3), ((double)trained.Params["w"].Tensor[0], (long)trained.Params["steps"].Tensor));
    }

    [Fact]
    public void MomentumIsNotPassedOver()
    {
        var model = new StructureTree { Params = { ["w"] = F.ones([2]) } };
        foreach (var (optimizer, key) in new (
            AnyOptimizer, string)[] { (new SGD(model), "momentum"), (new SGD(model), "dampening"), (new RMSprop(model), "momentum") })
        {
            var (opt, config) = optimizer;
            Assert.DoesNotContain(opt.Tensors(), t => t.Path == key);
            opt.Params[key] = F.full([], 0.9, DType.Float64);
            var error = Assert.Throws<ArgumentException>(() => Optimizer.Step(opt, config, model, m => (m, m.Params["w"].Tensor.sum())));
            Assert.Contains("made without", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(-1, 0.9)]
    [InlineData(double.NaN, 0.9)]
    [InlineData(0.1, 1.0)]
    [InlineData(0.1, -0.1)]
    public void BadHyperparametersAreRefused(double lr, double beta1) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(new StructureTree(), lr, beta1));

    [Fact]
    public void BadSettingsOfTheOthersAreRefused()
    {
        var model = new StructureTree();
        Action[] bad =
        [
            () => new SGD(model, momentum: -1), () => new Adam(model, beta2: 1), () => new Adagrad(model, lrDecay: double.NaN),
            () => new Adagrad(model, initialAccumulatorValue: -1), () => new RMSprop(model, alpha: -0.1),
            () => new RMSprop(model, momentum: double.PositiveInfinity),
            () => new Lion(model, beta1: 1), () => new Adadelta(model, rho: 1.1), () => new Adamax(model, eps: -1),
            () => new NAdam(model, momentumDecay: -1),
            () => new RAdam(model, weightDecay: -1), () => new SGD(model, momentum: 0.9, dampening: double.NaN),
            () => new SGD(model, dampening: double.PositiveInfinity),
        ];
        Assert.All(bad, make => Assert.Throws<ArgumentOutOfRangeException>(make));
        Assert.Throws<ArgumentNullException>(() => new Lion(null!));
        Assert.Throws<ArgumentException>(() => new SGD(model, momentum: 0, nesterov: true));
    }

    [Jit]
    private static (StructureTree Opt, StructureTree Model, Tensor Loss) Step(
        StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y) =>
        Optimizer.Step(opt, optConfig, model, current => Loss(current, config, x, y));

    private static (StructureTree Model, Tensor Loss) Loss(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (model, var logits) = SmallNet.Apply(model, config, x);
        return (model, F.softmax_cross_entropy(logits, y));
    }
}
