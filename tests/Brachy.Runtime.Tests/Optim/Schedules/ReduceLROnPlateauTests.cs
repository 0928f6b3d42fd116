using Brachy.Optim;
using TorchSharp;
using static TorchSharp.torch.optim;
using Optimizer = Brachy.Optim.Optimizer;

namespace Brachy.Tests.Optim;

/// <summary>The learning rate on a plateau, beside TorchSharp's scheduler.</summary>
public class ReduceLROnPlateauTests
{
    private static readonly double[] s_metrics =
        [
            5, 4, 4.1, 3.99999, 4.2, 4.3, double.NaN, 4.1, 3, 3.1, 3.1, 3.1, 3.1, 3.1, 2.9995, 3.2, 2.99, 3, 3, 3, 3, 1, 2, 2, 2, 2, 2, 2,
            2, 2, -1, -1, -1, -1, -1, -1
        ];

    public static TheoryData<string> Names => [.. s_rows.Keys];

    private static readonly Dictionary<string, (
        Func<AnyOptimizer, ReduceLROnPlateau> Ours, Func<torch.optim.Optimizer, lr_scheduler.LRScheduler> Torchs, int Sign)> s_rows = new()
        {
            ["min"] = (o => new(o, patience: 2), o => lr_scheduler.ReduceLROnPlateau(o, patience: 2), 1),
            ["absolute"] = (
                o => new(o, factor: 0.5, patience: 1, threshold: 0.05, thresholdMode: PlateauThreshold.Abs),
                o => lr_scheduler.ReduceLROnPlateau(o, factor: 0.5, patience: 1, threshold: 0.05, threshold_mode: "abs"), 1),
            ["max with cooldown"] = (
                o => new(o, PlateauMode.Max, 0.3, patience: 1, cooldown: 3, threshold: 1e-3),
                o => lr_scheduler.ReduceLROnPlateau(o, "max", 0.3, patience: 1, cooldown: 3, threshold: 1e-3), -1),
            ["max absolute"] = (
                o => new(o, PlateauMode.Max, 0.7, patience: 0, threshold: 0.01, thresholdMode: PlateauThreshold.Abs),
                o => lr_scheduler.ReduceLROnPlateau(o, "max", 0.7, patience: 0, threshold: 0.01, threshold_mode: "abs"), -1),
            ["limits"] = (
                o => new(o, factor: 0.6, patience: 0, minLr: 0.02, eps: 0.01),
                o => lr_scheduler.ReduceLROnPlateau(o, factor: 0.6, patience: 0, min_lr: [0.02], eps: 0.01), 1),
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void TheLearningRateIsThatOfTorchsScheduler(string name)
    {
        var (ours, torchs, sign) = s_rows[name];
        using var optimizer = torch.optim.SGD([new TorchSharp.Modules.Parameter(torch.zeros(1))], 0.5);
        var scheduler = torchs(optimizer);
        var model = new StructureTree { Params = { ["w"] = F.ones([2]) } };
        var (opt, config) = ours(new SGD(model, 0.5));
        var (compiled, report) = (opt, Jit.Compile((StructureTree o, Tensor metric) => ReduceLROnPlateau.Step(o, metric)));
        foreach (var metric in s_metrics)
        {
            scheduler.step(sign * metric, null);
            opt = ReduceLROnPlateau.Step(opt, sign * metric);
            compiled = report.Invoke(compiled, F.full([1], sign * metric, DType.Float64));
            var expected = optimizer.ParamGroups.Single().LearningRate;
            Assert.Equal(expected, (double)opt.Submodules["inner"].Params["lr"].Tensor, 1e-12);
            Assert.Equal(expected, (double)compiled.Submodules["inner"].Params["lr"].Tensor, 1e-12);
        }

        Assert.True((double)opt.Submodules["inner"].Params["lr"].Tensor < 0.5, "The test is blind: the learning rate never fell.");
        Assert.Equal(1, report.TraceCount);
    }

    [Fact]
    public void StepsPassThroughAndEveryGroupIsLowered()
    {
        var model = new StructureTree { Params = { ["w"] = F.ones([2]), ["b"] = F.ones([1]) } };
        var (opt, config) = new ClipGradNorm(
            new ReduceLROnPlateau(
                new ParamGroups(model, ("w", m => new SGD(m, 0.5)), ("**", m => new AdamW(m, 0.1))), factor: 0.5, patience: 0), 1000);
        (opt, model, _) = Optimizer.Step(opt, config, model, m => (m, m.Params["w"].Tensor.sum()));
        Assert.Equal(0.5, (double)model.Params["w"].Tensor[0], 6);
        foreach (var metric in new[] { 1.0, 1.0, 1.0 })
        {
            opt = ReduceLROnPlateau.Step(opt, metric);
        }

        var groups = opt.Submodules["inner"].Submodules["inner"].Submodules;
        Assert.Equal((0.125, 0.025), ((double)groups["0"].Params["lr"].Tensor, (double)groups["1"].Params["lr"].Tensor));
    }

    [Fact]
    public void WrongSettingsAreRefused()
    {
        var model = new StructureTree { Params = { ["w"] = F.ones([2]) } };
        AnyOptimizer Sgd() => new SGD(model, 0.5);
        Action[] bad =
        [
            () => new ReduceLROnPlateau(Sgd(), factor: 1), () => new ReduceLROnPlateau(Sgd(), patience: -1),
            () => new ReduceLROnPlateau(Sgd(), (PlateauMode)3),
            () => new ReduceLROnPlateau(Sgd(), thresholdMode: (PlateauThreshold)3), () => new ReduceLROnPlateau(Sgd(), cooldown: -1),
            () => new ReduceLROnPlateau(Sgd(), minLr: -1), () => new ReduceLROnPlateau(Sgd(), eps: double.NaN),
            () => new ReduceLROnPlateau(Sgd(), threshold: -1),
        ];
        Assert.All(bad, make => Assert.Throws<ArgumentOutOfRangeException>(make));
        Assert.Throws<ArgumentException>(() => new ReduceLROnPlateau(Sgd(), path: "**.lrr"));
        var (opt, _) = new ReduceLROnPlateau(Sgd());
        Assert.Throws<ShapeException>(() => ReduceLROnPlateau.Step(opt, F.ones([2])));
        var (plain, _) = Sgd();
        Assert.Throws<ArgumentException>(() => ReduceLROnPlateau.Step(plain, 1.0));
    }
}
