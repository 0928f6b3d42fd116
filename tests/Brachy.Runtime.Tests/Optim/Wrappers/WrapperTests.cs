using Brachy.Optim;

namespace Brachy.Tests.Optim;

/// <summary>What all optimizer wrappers must keep, alone and nested.</summary>
public class WrapperTests
{
    public static TheoryData<string> Kinds =>
    [
        "clip value", "clip norm", "clip inf", "clip 3", "random uniform", "random exponential", "ema", "ema all", "accumulate",
        "scaling", "clip(scaling)", "scaling(clip)", "scaling(value)", "value(scaling)", "accumulate(scaling(clip))", "scaling(accumulate)",
        "clip(accumulate)", "ema(random(clip(adamw)))", "random(ema(accumulate))",
        "scaling(clip(groups))",
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void OneTraceOfFiftyStepsGivesWhatEagerStepsGiveAndACopyContinuesBitEqual(string kind)
    {
        var (model, config, x, y) = ToyTraining.Make();
        using var rng = Rng.Scope(5);
        var (opt, optConfig) = Make(kind, model);
        var (eagerOpt, eager) = (ToyTraining.Saved(opt), ToyTraining.Saved(model));
        var step = ToyTraining.Compile();
        var first = double.NaN;
        var saved = (Opt: opt, Model: model);
        for (var i = 0; i < 50; i++)
        {
            if (i == 25)
            {
                saved = (ToyTraining.Saved(opt), ToyTraining.Saved(model));
            }

            (opt, model, var loss) = step.Invoke(opt, optConfig, model, config, x, y);
            (eagerOpt, eager, var eagerLoss) = ToyTraining.Step(eagerOpt, optConfig, eager, config, x, y);
            Assert.InRange(Math.Abs((double)loss - (double)eagerLoss), 0, 1e-9);
            first = double.IsNaN(first) ? (double)loss : first;
        }

        Assert.Equal(1, step.TraceCount);
        ToyTraining.AssertClose(eager, model, 1e-9);
        ToyTraining.AssertClose(eagerOpt, opt, 1e-6);
        Assert.Equal(50, (long)model.Buffers["calls"].Tensor);
        Assert.InRange((double)ToyTraining.Loss(model, config, x, y).Loss, 0, 0.999 * first);

        for (var i = 25; i < 50; i++)
        {
            var (nextOpt, nextModel, _) = step.Invoke(saved.Opt, optConfig, saved.Model, config, x, y);
            saved = (nextOpt, nextModel);
        }

        Assert.Equal(ToyTraining.Bits(model), ToyTraining.Bits(saved.Model));
        Assert.Equal(ToyTraining.Bits(opt), ToyTraining.Bits(saved.Opt));
    }

    [Fact]
    public void TheHyperparametersOfWrappersCanBeDifferentiated()
    {
        var (model, config, x, y) = ToyTraining.Make();
        foreach (var (kind, path) in new[]
        {
            ("clip norm", "max_norm"), ("clip value", "clip_value"), ("clip(scaling)", "max_norm"), ("clip(scaling)", "inner.inner.lr")
        })
        {
            var (opt, optConfig) = Make(kind, model);
            Tensor LossAfter(StructureTree o)
            {
                var (_, m, _) = ToyTraining.Step(o, optConfig, model, config, x, y);
                return ToyTraining.Loss(m, config, x, y).Loss;
            }

            double Nudged(double by) => (double)LossAfter(opt.MapParamsBuffers((p, t) => p == path ? t + by : t));
            var expected = (Nudged(1e-5) - Nudged(-1e-5)) / 2e-5;
            var actual = (double)ToyTraining.At(Grad.TreeValueAndGrad(LossAfter)(opt).Grads, path);
            Assert.True(Math.Abs(expected) > 1e-6, $"{kind} {path}: blind");
            Assert.InRange(actual, expected - (1e-4 * Math.Abs(expected)), expected + (1e-4 * Math.Abs(expected)));
        }
    }

    [Theory]
    [InlineData("clip norm")]
    [InlineData("clip value")]
    public void ClippingSeesTrueGradientsInEitherOrder(string kind)
    {
        var (model, config, x, y) = ToyTraining.Make();
        AnyOptimizer Clip(AnyOptimizer inner) => kind == "clip norm" ? new ClipGradNorm(inner, 0.1) : new ClipGradValue(inner, 0.02);
        AnyOptimizer Sgd() => new SGD(model, lr: 0.1, momentum: 0.9);
        StructureTree Trained(AnyOptimizer optimizer)
        {
            var (opt, optConfig) = optimizer;
            var m = model;
            for (var i = 0; i < 5; i++)
            {
                (opt, m, _) = ToyTraining.Step(opt, optConfig, m, config, x, y);
            }

            return m;
        }

        var expected = Trained(Clip(Sgd()));
        ToyTraining.AssertClose(expected, Trained(Clip(new LossScaling(Sgd(), 1024))), 1e-13);
        ToyTraining.AssertClose(expected, Trained(new LossScaling(Clip(Sgd()), 1024)), 1e-13);
        Assert.NotEqual(ToyTraining.Bits(expected), ToyTraining.Bits(Trained(Sgd())));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WrappersInsideGroupsCoverTheWholeModelTogether(bool compiled)
    {
        const double Decay = 0.7;
        var (model, config, x, y) = ToyTraining.Make();
        var (opt, optConfig) = new ParamGroups(
            model,
            ("hidden.bias", m => new SGD(m, 0.1)),
            ("hidden.**", m => new ExponentialMovingAverage(new RandomScaling(new SGD(m, 0.1), m, key: Rng.Seed(1)), m, Decay)),
            ("**", m =>
                new ExponentialMovingAverage(new RandomScaling(new SGD(m, 0.1), m, key: Rng.Seed(2)), m, Decay, biasCorrection: true)));
        model = ToyTraining.Saved(model);
        var (average, weight) = (
            model.MapParamsBuffers((path, t) => path.StartsWith("output", StringComparison.Ordinal) ? F.zeros_like(t) : F.clone(t)), 0.0);
        var step = ToyTraining.Compile();
        for (var i = 0; i < 3; i++)
        {
            (opt, model,
                _) = compiled ? step.Invoke(opt, optConfig, model, config, x, y) : ToyTraining.Step(opt, optConfig, model, config, x, y);
            average = TreePairing.Combine((a, p) => (Decay * a) + ((1 - Decay) * p[0]), average, model);
            weight = (Decay * weight) + (1 - Decay);
        }

        var expected = model.GetParams().MapParamsBuffers((path, p) => path switch
        {
            "hidden.bias" => p,
            "hidden.weight" => ToyTraining.At(average, path),
            _ => ToyTraining.At(average, path) / weight,
        });
        ToyTraining.AssertClose(expected, ExponentialMovingAverage.AveragedModel(opt, model).GetParams(), 1e-12);
        var truth = RandomScaling.TrueModel(opt, model);
        Assert.Same(ToyTraining.At(model, "hidden.bias"), ToyTraining.At(truth, "hidden.bias"));
        Assert.Equal(ToyTraining.Bits(model).Keys, ToyTraining.Bits(truth).Keys);
        foreach (var (path, group) in new[] { ("hidden.weight", 1), ("output.weight", 2), ("output.bias", 2) })
        {
            var iterate = opt.Submodules[$"{group}"].Submodules["inner"].Buffers["true_iterate"].Tree;
            Assert.Same(ToyTraining.At(iterate, path), ToyTraining.At(truth, path));
        }

        var error = Assert.Throws<ArgumentException>(
            () => RandomScaling.TrueModel(opt, new StructureTree { Params = { ["w"] = F.ones([1]) } }));
        Assert.Contains("of another model: it has 'hidden.weight'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BadSettingsAreRefused()
    {
        var (model, _, _, _) = ToyTraining.Make();
        var sgd = new SGD(model);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClipGradNorm(sgd, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClipGradNorm(sgd, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClipGradNorm(sgd, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClipGradNorm(sgd, 1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClipGradValue(sgd, double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradientAccumulation(sgd, model, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialMovingAverage(sgd, model, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomScaling(sgd, model, (RandomScale)9, Rng.Seed(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaling(sgd, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaling(sgd, double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaling(sgd, growthFactor: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaling(sgd, backoffFactor: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaling(sgd, growthInterval: 0));
        Assert.Throws<ArgumentNullException>(() => new ClipGradNorm(null!, 1));
        Assert.Throws<ArgumentException>(() => ExponentialMovingAverage.AveragedModel(sgd.Tree, model));
        Assert.Throws<ArgumentException>(() => RandomScaling.TrueModel(sgd.Tree, model));
    }

    internal static AnyOptimizer Make(string kind, StructureTree model)
    {
        AnyOptimizer Adam() => new AdamW(model, lr: 0.01);
        AnyOptimizer Sgd() => new SGD(model, lr: 0.05, momentum: 0.9);
        return kind switch
        {
            "clip value" => new ClipGradValue(Sgd(), 0.01),
            "clip norm" => new ClipGradNorm(Sgd(), 0.1),
            "clip inf" => new ClipGradNorm(Sgd(), 0.02, double.PositiveInfinity),
            "clip 3" => new ClipGradNorm(Adam(), 0.1, 3),
            "random uniform" => new RandomScaling(Sgd(), model),
            "random exponential" => new RandomScaling(Sgd(), model, RandomScale.Exponential),
            "ema" => new ExponentialMovingAverage(Adam(), model, 0.9),
            "ema all" => new ExponentialMovingAverage(Adam(), model, 0.9, biasCorrection: true, warmup: true, averageBuffers: true),
            "accumulate" => new GradientAccumulation(Adam(), model, 4),
            "scaling" => new LossScaling(Adam(), growthInterval: 7),
            "clip(scaling)" => new ClipGradNorm(new LossScaling(Sgd()), 0.1),
            "scaling(clip)" => new LossScaling(new ClipGradNorm(Sgd(), 0.1)),
            "scaling(value)" => new LossScaling(new ClipGradValue(Sgd(), 0.01)),
            "value(scaling)" => new ClipGradValue(new LossScaling(Sgd()), 0.01),
            "accumulate(scaling(clip))" =>
                new GradientAccumulation(new LossScaling(new ClipGradNorm(Sgd(), 0.1), growthInterval: 3), model, 2),
            "scaling(accumulate)" => new LossScaling(new GradientAccumulation(Sgd(), model, 2)),
            "scaling(clip(groups))" => new LossScaling(new ClipGradNorm(
                new ParamGroups(model, ("**.bias", m => new SGD(m, lr: 0.05)), ("**", m => new AdamW(m, lr: 0.01))), 0.1)),
            "clip(accumulate)" => new ClipGradNorm(new GradientAccumulation(Sgd(), model, 3, average: false), 0.1),
            "ema(random(clip(adamw)))" => new ExponentialMovingAverage(new RandomScaling(new ClipGradNorm(Adam(), 0.1), model), model),
            _ => new RandomScaling(new ExponentialMovingAverage(new GradientAccumulation(Sgd(), model, 2), model), model),
        };
    }
}
