using Brachy;
using Brachy.Optim;

namespace MetaGradient.Tests;

/// <summary>Gradients by hyperparameters through several training steps.</summary>
[Trait("Category", "Quick")]
public class HypergradientTests
{
    private const int Steps = 4;

    private readonly StructureTree _hyper;
    private readonly StructureTree _sgd;
    private readonly StructureTree _model;
    private readonly GlobalConfig _config;
    private readonly GlobalConfig _sgdConfig;
    private readonly Window _window;

    public HypergradientTests()
    {
        using var rng = Rng.Scope(0);
        (_model, _config) = new Network(inputs: 5, hidden: 6, classes: 3);
        _model = _model.MapParamsBuffers((_, t) => t.to(DType.Float64));
        (_sgd, _sgdConfig) = new SGD(_model, 0.1, momentum: 0.8, weightDecay: 0.01);
        (_hyper, _) = new Hyperparameters(new SgdSettings(0.3, 0.7, 0.02));
        _window = new Window(
            Rng.Normal([Steps, 8, 5], DType.Float64), Rng.RandInt(0, 3, [Steps, 8]), Rng.Normal([12, 5], DType.Float64),
            Rng.RandInt(0, 3, [12]));
    }

    [Theory]
    [InlineData("log_lr", false)]
    [InlineData("log_lr", true)]
    [InlineData("logit_momentum", false)]
    [InlineData("logit_momentum", true)]
    [InlineData("log_weight_decay", false)]
    [InlineData("log_weight_decay", true)]
    public void TheyAreThoseOfFiniteDifferences(string path, bool compiled)
    {
        const double Nudge = 1e-5;
        double Nudged(double by) => (double)Loss(_hyper.At(path).Update(t => t + by));
        var expected = (Nudged(Nudge) - Nudged(-Nudge)) / (2 * Nudge);

        StructureTree Gradient(StructureTree hyper) => Grad.TreeValueAndGrad(Loss)(hyper).Grads;
        var gradient = compiled ? Jit.Compile((StructureTree hyper) => Gradient(hyper)).Invoke(_hyper) : Gradient(_hyper);
        var actual = (double)gradient[path].Tensor;

        Assert.True(Math.Abs(expected) > 1e-6, $"{path}: blind");
        Assert.InRange(actual, expected - (1e-6 * (1 + Math.Abs(expected))), expected + (1e-6 * (1 + Math.Abs(expected))));
    }

    [Fact]
    public void AMetaStepIsTheSameCompiledAndEager()
    {
        var (tuner, tunerConfig) = new Adam(_hyper, lr: 0.1);
        StructureTree Own(StructureTree tree) => tree.MapParamsBuffers((_, t) => F.clone(t));
        var eager = MetaTraining.MetaStep(tuner, tunerConfig, _hyper, _sgd, _sgdConfig, _model, _config, _window);
        var compiled = MetaTraining.MetaStepJit(Own(tuner), tunerConfig, Own(_hyper), Own(_sgd), _sgdConfig, Own(_model), _config, _window);

        Assert.Equal((double)eager.Loss, (double)compiled.Loss, 10);
        Assert.True(eager.Hyper.IsClose(compiled.Hyper, 1e-9, 1e-12), StructureTree.Diff(eager.Hyper, compiled.Hyper).ToString());
        Assert.True(eager.Model.IsClose(compiled.Model, 1e-9, 1e-12));

        // The first step of Adam moves each value by its learning rate, against the sign of the gradient.
        var gradient = Grad.TreeValueAndGrad(Loss)(_hyper).Grads;
        foreach (var (path, value) in _hyper.Tensors())
        {
            Assert.Equal((double)value - (0.1 * Math.Sign((double)gradient[path].Tensor)), (double)compiled.Hyper[path].Tensor, 4);
        }
    }

    [Fact]
    public void TheValuesReachTheOptimizer()
    {
        var (_, sgd) = Hyperparameters.Apply(_hyper, GlobalConfig.Empty, _sgd);
        Assert.Equal(0.3, (double)sgd["lr"].Tensor, 12);
        Assert.Equal(0.7, (double)sgd["momentum"].Tensor, 12);
        Assert.Equal(0.02, (double)sgd["weight_decay"].Tensor, 12);
        Assert.Equal(0.1, (double)_sgd["lr"].Tensor, 12);
    }

    private Tensor Loss(StructureTree hyper) => MetaTraining.Run(hyper, _sgd, _sgdConfig, _model, _config, _window).Loss;
}
