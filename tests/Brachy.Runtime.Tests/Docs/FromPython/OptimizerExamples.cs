using Brachy.Modules;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Modules;
using Brachy.Trees;
using TorchSharp;

namespace Brachy.Tests.Docs.FromPython;

/// <summary>The examples of docs/from-python.md: optimizers.</summary>
[Trait("Category", "Quick")]
public partial class OptimizerExamples
{
    [Fact]
    public void StochasticGradientDescent()
    {
        var model = new Scaler(2).Tree;
        var (optimizer, optConfig) = new SGD(model, lr: 0.5, momentum: 0.9, weightDecay: 0.1);
        (optimizer, model, var loss) = Optimizer.Step(optimizer, optConfig, model, m => Loss(m));

        Assert.Equal((2f, 1.4f), ((float)loss, (float)model["scale"].Tensor));
        Assert.Equal(0.9f, (float)optimizer["momentum"].Tensor);
    }

    [Fact]
    public void AdamWithWeightDecay()
    {
        var model = new Scaler(2).Tree;
        var (optimizer, optConfig) = new AdamW(model, lr: 0.5, beta1: 0.9, beta2: 0.999, weightDecay: 0.1);
        (optimizer, model, _) = Optimizer.Step(optimizer, optConfig, model, m => Loss(m));

        Assert.Equal(2 - (0.5 * 0.1 * 2) - 0.5, (double)model["scale"].Tensor, 1e-5);
        Assert.NotNull(optimizer.ApplyFn);
    }

    [Fact]
    public void ClippedGradients()
    {
        var model = new Scaler(2).Tree;
        var (optimizer, optConfig) = new ClipGradValue(new SGD(model, lr: 1), clipValue: 0.25);
        (optimizer, model, _) = Optimizer.Step(optimizer, optConfig, model, m => Loss(m));

        Assert.Equal(1.75f, (float)model["scale"].Tensor);
        Assert.Equal(1, (double)optimizer["inner.lr"].Tensor);
    }

    [Fact]
    public void RandomlyScaledUpdates()
    {
        var model = new Scaler(2).Tree;
        var (optimizer, optConfig) = new RandomScaling(new SGD(model, lr: 1), model, RandomScale.Exponential, Rng.Seed(0));
        (optimizer, model, _) = Optimizer.Step(optimizer, optConfig, model, m => Loss(m));

        var factor = 2 - (double)model["scale"].Tensor;
        Assert.InRange(factor, 1e-6, 20);
        Assert.NotEqual(1, factor);
        Assert.NotNull(optimizer.ApplyFn);
    }

    [Fact]
    public void MixedPrecisionTrees()
    {
        var model = new Sequential(new Scaler(2), new Scaler(3)).Tree;
        model = MixedPrecision.ForceHighPrecision(model, (path, node) => path == "0");
        model = MixedPrecision.Cast(model, DType.BFloat16);

        var y = model.Apply(GlobalConfig.Empty, F.tensor(1f)).Output;
        Assert.Equal((6, DType.Float32, DType.Float32), ((double)y, y.dtype, model["0.scale"].Tensor.dtype));
        Assert.Equal(true, model.Submodules["0"].Aux["force_high_precision"]);
    }

    [Fact]
    public void ScaledLosses()
    {
        var model = new Scaler(2).Tree;
        var (optimizer, optConfig) = new LossScaling(new SGD(model, lr: 0.5), initScale: 1024);
        (optimizer, model, var loss) = Optimizer.Step(optimizer, optConfig, model, m => Loss(m));

        Assert.Equal((2f, 1.5f, 1024f), ((float)loss, (float)model["scale"].Tensor, (float)optimizer["scale"].Tensor));
    }

    [Fact]
    public void Schedules()
    {
        var model = new Scaler(2).Tree;
        var schedule = Schedule.LinearDecay(value: 1, steps: 4);
        var (optimizer, optConfig) = new Scheduled(new SGD(model, lr: 1), ("**.lr", schedule));

        for (var i = 0; i < 2; i++)
        {
            (optimizer, model, _) = Optimizer.Step(optimizer, optConfig, model, m => Loss(m));
        }

        Assert.Equal(2 - 1 - 0.75, (double)model["scale"].Tensor, 1e-6);
        Assert.Equal(0.5, (double)schedule.At(F.tensor(2L)), 1e-6);
    }

    [Fact]
    public void OptimizersOfTorch()
    {
        var model = new Scaler(2).Tree;
        using var optimizer = new TorchOptimizer(model, parameters => torch.optim.SGD(parameters, 0.5));
        (model, var loss) = optimizer.Step(model, m => Loss(m));

        Assert.Equal((2f, 1.5f), ((float)loss, (float)model["scale"].Tensor));
    }

    [Fact]
    public void PartsOfAModel()
    {
        var model = new Sequential(new Scaler(2), new Scaler(3)).Tree;
        var (optimizer, optConfig) = ParamGroups.Freeze(model, "0.**", parameters => new SGD(parameters, lr: 0.5));
        (optimizer, model, _) = Optimizer.Step(optimizer, optConfig, model, m => Loss(m));

        Assert.Equal((2f, 2f), ((float)model["0.scale"].Tensor, (float)model["1.scale"].Tensor));

        (optimizer, optConfig) = new ParamGroups(
            model, ("0.scale", p => new SGD(p, lr: 1)), (PathFilter.All, p => new AdamW(p, lr: 0.5, weightDecay: 0)));
        (optimizer, model, _) = Optimizer.Step(optimizer, optConfig, model, m => Loss(m));
        Assert.Equal((0f, 1.5f), ((float)model["0.scale"].Tensor, (float)model["1.scale"].Tensor));
        Assert.NotNull(optimizer.ApplyFn);
    }

    [Fact]
    public void StepsAreLogged()
    {
        var model = new Scaler(2).Tree;
        var (optimizer, optConfig) = new SGD(model, lr: 0.5);
        var log = new StringWriter();
        for (var step = 0; step < 2; step++)
        {
            (optimizer, model, var loss) = Optimizer.Step(optimizer, optConfig, model, m => Loss(m));
            log.Write(FormattableString.Invariant($"{step},{(double)loss};")); // or any library's call
        }

        Assert.Equal("0,2;1,1.5;", log.ToString());
    }

    /// <summary>The loss is scale: its gradient is 1.</summary>
    private static (StructureTree Model, Tensor Loss) Loss(StructureTree model) => model.Apply(GlobalConfig.Empty, F.tensor(1f));
}
