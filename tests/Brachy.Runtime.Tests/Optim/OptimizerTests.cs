using Brachy.Optim;
using Brachy.Tests.Modules;
using TorchSharp;

namespace Brachy.Tests.Optim;

/// <summary>Optimizers follow torch.optim, compiled and eagerly, and can be differentiated.</summary>
public partial class OptimizerTests
{
    private const int Steps = 50;

    public static TheoryData<string> Optimizers => ["sgd", "sgd momentum", "sgd nesterov", "sgd all", "adamw", "adamw all"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void FiftyCompiledStepsFollowTorchOptim(string kind)
    {
        using var rng = Rng.Scope(0);
        var (built, config) = new SmallNet(6, 8, 3);

        // In float64: Adam divides by roots of tiny numbers, which makes much of float32's rounding.
        var model = built.Map((_, t) => t.dtype == DType.Float32 ? t.to(DType.Float64) : t);
        var (x, y) = (Rng.Normal([16, 6], DType.Float64), Rng.RandInt(0, 3, [16]));
        var expected = TorchTrajectory(kind, model, x, y);

        var (opt, optConfig) = Make(kind, model);
        var eager = model.Map((_, t) => F.clone(t));
        var (eagerOpt, _) = Make(kind, model);
        for (var i = 0; i < Steps; i++)
        {
            (opt, model, var loss) = StepJit(opt, optConfig, model, config, x, y);
            AssertClose(expected[i], (double)loss, 1e-9);
            (eagerOpt, eager, var eagerLoss) = Step(eagerOpt, optConfig, eager, config, x, y);
            AssertClose(expected[i], (double)eagerLoss, 1e-9);
        }
    }

    [Theory]
    [InlineData("sgd all", "lr")]
    [InlineData("sgd all", "weight_decay")]
    [InlineData("sgd all", "momentum")]
    [InlineData("adamw all", "lr")]
    [InlineData("adamw all", "weight_decay")]
    [InlineData("adamw all", "betas.0")]
    [InlineData("adamw all", "betas.1")]
    public void TheLossAfterStepsHasADerivativeByHyperparameters(string kind, string path)
    {
        using var rng = Rng.Scope(0);
        var (built, config) = new SmallNet(6, 8, 3);
        var model = built.Map((_, t) => t.dtype == DType.Float32 ? t.to(DType.Float64) : t);
        var (x, y) = (Rng.Normal([16, 6], DType.Float64), Rng.RandInt(0, 3, [16]));
        var (opt, optConfig) = Make(kind, model);

        Tensor LossAfter(StructureTree optimizer)
        {
            var (o, m) = (optimizer, model);
            for (var i = 0; i < 2; i++)
            {
                (o, m, _) = Step(o, optConfig, m, config, x, y);
            }

            return Loss(m, config, x, y).Loss;
        }

        var (_, eager) = Grad.TreeValueAndGrad(LossAfter)(opt);
        var compiled = Jit.Compile((StructureTree o) => Grad.TreeValueAndGrad(LossAfter)(o).Grads).Invoke(opt);
        double Nudged(double by) => (double)LossAfter(opt.Map((p, t) => p == path ? t + by : t));
        const double H = 1e-5;
        var expected = (Nudged(H) - Nudged(-H)) / (2 * H);
        Assert.True(Math.Abs(expected) > 1e-9, $"The test is blind: the derivative by {path} is {expected}.");
        AssertClose(expected, At(eager, path), 1e-5);
        AssertClose(expected, At(compiled, path), 1e-5);
    }

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
                var (ran, grads) = input.Item1(input.Item2, F.full([1], 1024.0, DType.Float64));
                return ran.WithParams(grads);
            }),
        };

        // In half precision the gradient 1e-4 * 1e-4 is zero unless it is scaled first.
        (StructureTree Model, Tensor Loss) Loss(StructureTree m) => (m, (m.Params["w"].Tensor.half() * 1e-4 * 1e-4).to(DType.Float32));
        var (_, grads, loss) = Optimizer.Step(scaled, GlobalConfig.Empty, model, Loss);
        Assert.InRange((double)grads.Params["w"].Tensor, 0.9 * 1024e-8, 1.1 * 1024e-8);
        Assert.InRange((double)loss, 0, 1e-7);
        Assert.Throws<DifferentiationException>(() => Grad.TreeValueAndGrad(model, Loss, r => r.Loss, TreeHandler.For<(StructureTree Model, Tensor Loss)>(), F.ones([2])));
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

    [Theory]
    [InlineData(-1, 0.9)]
    [InlineData(double.NaN, 0.9)]
    [InlineData(0.1, 1.0)]
    [InlineData(0.1, -0.1)]
    public void BadHyperparametersAreRefused(double lr, double beta1) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(new StructureTree(), lr, beta1));

    [Jit]
    private static (StructureTree Opt, StructureTree Model, Tensor Loss) Step(
        StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y) =>
        Optimizer.Step(opt, optConfig, model, current => Loss(current, config, x, y));

    private static (StructureTree Model, Tensor Loss) Loss(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (model, var logits) = SmallNet.Apply(model, config, x);
        return (model, F.softmax_cross_entropy(logits, y));
    }

    private static Module Make(string kind, StructureTree model) => kind switch
    {
        "sgd" => new SGD(model, lr: 0.1),
        "sgd momentum" => new SGD(model, lr: 0.05, momentum: 0.9),
        "sgd nesterov" => new SGD(model, lr: 0.05, momentum: 0.9, nesterov: true),
        "sgd all" => new SGD(model, lr: 0.05, momentum: 0.8, weightDecay: 0.1, dampening: 0.3),
        "adamw" => new AdamW(model, lr: 0.01),
        _ => new AdamW(model, lr: 0.01, beta1: 0.8, beta2: 0.95, eps: 1e-4, weightDecay: 0.3),
    };

    private static double[] TorchTrajectory(string kind, StructureTree model, Tensor x, Tensor y)
    {
        TorchSharp.Modules.Parameter Copy(string path) => new(model.Tensors().Single(t => t.Path == path).Tensor.AsTorch().clone());
        var (w1, b1) = (Copy("layers.0.weight"), Copy("layers.0.bias"));
        var (w2, b2) = (Copy("layers.3.weight"), Copy("layers.3.bias"));
        var parameters = new[] { w1, b1, w2, b2 };
        torch.optim.Optimizer optimizer = kind switch
        {
            "sgd" => torch.optim.SGD(parameters, 0.1),
            "sgd momentum" => torch.optim.SGD(parameters, 0.05, momentum: 0.9),
            "sgd nesterov" => torch.optim.SGD(parameters, 0.05, momentum: 0.9, nesterov: true),
            "sgd all" => torch.optim.SGD(parameters, 0.05, momentum: 0.8, dampening: 0.3, weight_decay: 0.1),
            "adamw" => torch.optim.AdamW(parameters, 0.01, 0.9, 0.999, 1e-8, 0.01),
            _ => torch.optim.AdamW(parameters, 0.01, 0.8, 0.95, 1e-4, 0.3),
        };
        var losses = new double[Steps];
        for (var i = 0; i < Steps; i++)
        {
            optimizer.zero_grad();
            var hidden = torch.nn.functional.relu(torch.nn.functional.linear(x.AsTorch(), w1, b1));
            var loss = torch.nn.functional.cross_entropy(torch.nn.functional.linear(hidden, w2, b2), y.AsTorch());
            loss.backward();
            optimizer.step();
            losses[i] = (double)(Tensor)loss;
        }

        return losses;
    }

    private static double At(StructureTree tree, string path) => (double)tree.Tensors().Single(t => t.Path == path).Tensor;

    private static void AssertClose(double expected, double actual, double tolerance = 1e-5) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(1e-3, Math.Abs(expected)), $"expected {expected}, got {actual}");
}
