using Brachy.Optim;
using TorchSharp;
using TorchSharp.Modules;
using static System.Math;
using static TorchSharp.torch.optim;

namespace Brachy.Tests.Optim;

/// <summary>Schedules against formulas and TorchSharp's schedulers, step by step.</summary>
[Trait("Category", "Quick")]
public class ScheduleTests
{
    private const int Steps = 60;

    public static TheoryData<string> Names => [.. s_byFormula.Keys];

    public static TheoryData<string> NamesInTorch => [.. s_byTorch.Keys];

    private static readonly Dictionary<string, (Schedule Schedule, Func<int, double> Formula)> s_byFormula = new()
    {
        ["constant"] = (0.3, _ => 0.3),
        ["linear warmup"] = (Schedule.LinearWarmup(0.5, 20, 0.1), t => 0.1 + (0.4 * Min(t, 20) / 20)),
        ["linear decay"] = (Schedule.LinearDecay(0.5, 20), t => 0.5 * (1 - (Min(t, 20) / 20.0))),
        ["no warmup"] = (Schedule.LinearWarmup(0.5, 0), _ => 0.5),
        ["polynomial"] = (Schedule.Polynomial(0.5, 20, 2.5, 0.05), t => 0.05 + (0.45 * Pow(1 - (Min(t, 20) / 20.0), 2.5))),
        ["cosine"] = (Schedule.Cosine(0.5, 30, 0.1), t => 0.1 + (0.2 * (1 + Cos(PI * Min(t, 30) / 30)))),
        ["cosine with warmup"] = (
            Schedule.CosineWithWarmup(0.5, 10, 40, 0.1),
            t => t < 10 ? 0.05 * t : 0.1 + (0.2 * (1 + Cos(PI * Min(t - 10, 30) / 30)))),
        ["cosine restarts"] = (Schedule.CosineRestarts(0.5, 7, 1, 0.1), t => 0.1 + (0.2 * (1 + Cos(PI * (t % 7) / 7)))),
        ["longer cosine restarts"] = (Schedule.CosineRestarts(0.5, 5, 3, 0.1), GrowingWaves),
        ["exponential"] = (Schedule.Exponential(0.5, 0.93), t => 0.5 * Pow(0.93, t)),
        ["step"] = (Schedule.Step(0.5, 7, 0.3), t => 0.5 * Pow(0.3, t / 7)),
        ["multi step"] = (Schedule.MultiStep(0.5, [30, 10, 30], 0.5), t => 0.5 * Pow(0.5, (t >= 10 ? 1 : 0) + (t >= 30 ? 2 : 0))),
        ["sequence"] = (
            Schedule.LinearWarmup(1, 5).Then(5, 0.7).Then(20, Schedule.Exponential(0.7, 0.9)),
            t => t < 5 ? t / 5.0 : t < 20 ? 0.7 : 0.7 * Pow(0.9, t - 20)),
        ["product"] = (0.5 * Schedule.Exponential(1, 0.9) * Schedule.LinearWarmup(1, 10), t => 0.5 * Pow(0.9, t) * Min(t, 10) / 10),
        ["lambda"] = (Schedule.Lambda(t => F.rsqrt(t + 1)), t => 1 / Sqrt(t + 1)),
        ["constant, then full"] = (Schedule.Constant(0.5, 0.25, 7), t => t < 7 ? 0.125 : 0.5),
        ["table"] = (Schedule.Table(3, 1, 4, 1, 5), t => new[] { 3.0, 1, 4, 1, 5 }[Min(t, 4)]),
        ["multiplicative"] = (
            Schedule.Multiplicative(0.5, t => t % 3 == 0 ? 0.5 : 1.1, 40),
            t => 0.5 * Enumerable.Range(1, Min(t, 40)).Aggregate(1.0, (p, i) => p * (i % 3 == 0 ? 0.5 : 1.1))),
        ["cyclic"] = (Schedule.Cyclic(0.1, 0.5, 5, 8), t => 0.1 + (0.4 * Triangle(t, 5, 8))),
        ["cyclic momentum"] = (Schedule.CyclicMomentum(0.8, 0.9, 4), t => 0.9 - (0.1 * Triangle(t, 4, 4))),

        // TorchSharp takes the power by the cycle where PyTorch takes it by the step.
        ["cyclic, falling"] = (
            Schedule.Cyclic(0.1, 0.5, 6, 9, CyclicMode.ExpRange, 0.97), t => 0.1 + (0.4 * Triangle(t, 6, 9) * Pow(0.97, t))),
        ["one cycle"] = (
            Schedule.OneCycle(0.5, 50), t => t <= 14 ? Wave(0.5 / 25, 0.5, t / 14.0) : Wave(0.5, 0.5 / 25 / 1e4, Min(1, (t - 14) / 35.0))),
        ["one cycle, one step up"] = (
            Schedule.OneCycle(0.5, 10, pctStart: 0.1, Anneal.Linear), t => t == 0 ? 0.5 : 0.5 + ((2e-6 - 0.5) * Min(1, t / 9.0))),
    };

    private static readonly Dictionary<string, (
        Schedule Schedule, double Start, Func<torch.optim.Optimizer, lr_scheduler.LRScheduler> Torch)> s_byTorch = new()
        {
            ["LinearLR up"] = (Schedule.LinearWarmup(0.5, 20, 0.05), 0.5, o => lr_scheduler.LinearLR(o, 0.1, 1, 20)),
            ["LinearLR down"] = (Schedule.LinearDecay(0.5, 20, 0.1), 0.5, o => lr_scheduler.LinearLR(o, 1, 0.2, 20)),
            ["ConstantLR"] = (Schedule.Constant(0.1).Then(5, 0.5), 0.5, o => lr_scheduler.ConstantLR(o, 0.2, 5)),
            ["ConstantLR by factor"] = (Schedule.Constant(0.5, 0.2, 5), 0.5, o => lr_scheduler.ConstantLR(o, 0.2, 5)),
            ["MultiplicativeLR"] = (Schedule.Multiplicative(0.5, t => 0.95 + (0.01 * (t % 4)), Steps), 0.5, o =>
                lr_scheduler.MultiplicativeLR(o, t => 0.95 + (0.01 * (t % 4)))),
            ["CyclicLR"] = (Schedule.Cyclic(0.1, 0.5, 7, 4), 0.1, o => lr_scheduler.CyclicLR(o, 0.1, 0.5, 7, 4, cycle_momentum: false)),
            ["CyclicLR halved"] = (
                Schedule.Cyclic(0.1, 0.5, 7, mode: CyclicMode.Triangular2), 0.1,
                o => lr_scheduler.CyclicLR(o, 0.1, 0.5, 7, mode: lr_scheduler.impl.CyclicLR.Mode.Triangular2, cycle_momentum: false)),
            ["PolynomialLR"] = (Schedule.Polynomial(0.5, 20, 2), 0.5, o => lr_scheduler.PolynomialLR(o, 20, 2)),
            ["CosineAnnealingLR"] = (Schedule.Cosine(0.5, Steps, 0.1), 0.5, o => lr_scheduler.CosineAnnealingLR(o, Steps, 0.1)),
            ["ExponentialLR"] = (Schedule.Exponential(0.5, 0.93), 0.5, o => lr_scheduler.ExponentialLR(o, 0.93)),
            ["StepLR"] = (Schedule.Step(0.5, 7, 0.3), 0.5, o => lr_scheduler.StepLR(o, 7, 0.3)),
            ["MultiStepLR"] = (Schedule.MultiStep(0.5, [10, 30], 0.5), 0.5, o => lr_scheduler.MultiStepLR(o, [10, 30], 0.5)),
            ["LambdaLR"] = (Schedule.Lambda(t => 0.5 / (1 + t)), 0.5, o => lr_scheduler.LambdaLR(o, t => 1.0 / (1 + t))),
            ["SequentialLR"] = (
                Schedule.LinearWarmup(0.5, 10, 0.05).Then(10, Schedule.Exponential(0.5, 0.9)), 0.5,
                o => lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, 0.1, 1, 10), lr_scheduler.ExponentialLR(o, 0.9)], [10])),
            ["OneCycleLR cos"] = (Schedule.OneCycle(0.5, Steps), 0.1, o => lr_scheduler.OneCycleLR(o, 0.5, Steps, cycle_momentum: false)),
            ["OneCycleLR linear"] = (
                Schedule.OneCycle(0.5, Steps, 0.4, Anneal.Linear, 10, 100), 0.1,
                o => lr_scheduler.OneCycleLR(
                    o, 0.5, Steps, pct_start: 0.4, anneal_strategy: lr_scheduler.impl.OneCycleLR.AnnealStrategy.Linear,
                    cycle_momentum: false, div_factor: 10, final_div_factor: 100)),
            ["OneCycleLR three phases"] = (
                Schedule.OneCycle(0.5, Steps, 0.35, threePhase: true), 0.1,
                o => lr_scheduler.OneCycleLR(o, 0.5, Steps, pct_start: 0.35, cycle_momentum: false, three_phase: true)),
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void ValuesFollowTheFormula(string name)
    {
        var (schedule, formula) = s_byFormula[name];
        var compiled = Jit.Compile((Tensor t) => schedule.At(t));
        for (var t = 0; t < Steps; t++)
        {
            AssertClose(formula(t), schedule.At(t), t);
            AssertClose(formula(t), compiled.Invoke(F.full([], t, DType.Int64)), t);
        }

        Assert.Equal(1, compiled.TraceCount);
    }

    [Theory]
    [MemberData(nameof(NamesInTorch))]
    public void ValuesFollowTorchsScheduler(string name)
    {
        var (schedule, start, torchs) = s_byTorch[name];
        using var optimizer = torch.optim.SGD([new Parameter(torch.zeros(1))], start);
        var scheduler = torchs(optimizer);
        for (var t = 0; t < Steps; t++)
        {
            AssertClose(optimizer.ParamGroups.Single().LearningRate, schedule.At(t), t);
            scheduler.step();
        }
    }

    [Fact]
    public void NegativeStepsAreStepZero()
    {
        foreach (var schedule in new[]
        {
            Schedule.Linear(1, 2, 10), Schedule.Exponential(1, 0.5), Schedule.Polynomial(1, 10, 0.5), Schedule.Cosine(1, 10),
            Schedule.CosineRestarts(1, 3, 2)
        })
        {
            Assert.Equal(1, (double)schedule.At(-5), 1e-12);
        }
    }

    [Fact]
    public void MomentumMirrorsTheLearningRate()
    {
        var momentum = Schedule.OneCycleMomentum(50);
        Assert.Equal([0.95, 0.85, 0.95, 0.95], new[] { 0, 14, 49, 1000 }.Select(t => Round((double)momentum.At(t), 12)));
    }

    [Fact]
    public void SchedulesCompareByValue()
    {
        Schedule Make(double lr) => Schedule.CosineWithWarmup(lr, 10, 100).Then(100, Schedule.MultiStep(lr, [1, 2]))
            * Schedule.OneCycle(1, 10) * Schedule.Table(1, lr) * Schedule.Cyclic(lr, 1);
        Assert.Equal(Make(0.1), Make(0.1));
        Assert.NotEqual(Make(0.1), Make(0.2));
    }

    [Fact]
    public void MeaninglessSettingsAreRefused()
    {
        Action[] bad =
        [
            () => Schedule.Constant(double.NaN), () => Schedule.Cosine(double.PositiveInfinity, 3), () => Schedule.Cosine(1, -1),
            () => Schedule.Linear(0, 1, -1),
            () => Schedule.CosineRestarts(1, 0), () => Schedule.CosineRestarts(1, 1, 0), () => Schedule.CosineWithWarmup(1, 10, 9),
            () => Schedule.Step(1, 0),
            () => Schedule.Exponential(1, -0.5), () => Schedule.MultiStep(1, [-1]), () => Schedule.OneCycle(1, 0),
            () => Schedule.OneCycle(1, 10, 1.1),
            () => Schedule.OneCycle(1, 10, 0.6, threePhase: true), () => Schedule.OneCycle(1, 10, 0.3, (Anneal)7),
            () => Schedule.OneCycle(1, 10, divFactor: 0),
            () => Schedule.Cyclic(0, 1, 0), () => Schedule.Cyclic(0, 1, 1, 0), () => Schedule.Cyclic(0, 1, 1, mode: (CyclicMode)9),
            () => Schedule.Cyclic(0, 1, gamma: -1),
            () => Schedule.Table(1, double.NaN), () => Schedule.Multiplicative(1, _ => 1e300, 3),
            () => Schedule.Multiplicative(1, _ => 1, -1),
            () => Schedule.Constant(1, double.NaN, 3), () => Schedule.Constant(1, 0.5, -1), () => Schedule.Polynomial(1, 10, -1),
            () => Schedule.Constant(1).Then(-1, 2), () => Schedule.Constant(1).Then(5, 2).Then(4, 3),
        ];
        Assert.All(bad, make => Assert.Throws<ArgumentOutOfRangeException>(make));
        Assert.Throws<ShapeException>(() => Schedule.Constant(1).At(F.zeros([1])));
        Assert.Throws<ShapeException>(() => Schedule.Lambda(t => F.reshape(t, [1])).At(1));
        Assert.Throws<ArgumentNullException>(() => Schedule.Constant(1).At(null!));
        Assert.Throws<ArgumentException>(() => Schedule.Table());
    }

    private static double Wave(double from, double to, double share) => to + ((from - to) / 2 * (1 + Cos(PI * share)));

    private static double Triangle(int t, int up, int down) =>
        t % (up + down) is var at && at <= up ? (double)at / up : (double)(up + down - at) / down;

    private static double GrowingWaves(int t)
    {
        var (start, length) = (0, 5);
        while (t >= start + length)
        {
            (start, length) = (start + length, 3 * length);
        }

        return Wave(0.5, 0.1, (double)(t - start) / length);
    }

    private static void AssertClose(double expected, Tensor actual, int t)
    {
        Assert.Equal((DType.Float64, 0), (actual.dtype, actual.ndim));
        var value = (double)actual;
        Assert.True(Abs(expected - value) <= 1e-12 + (1e-9 * Abs(expected)), $"At step {t}: {value} instead of {expected}.");
    }
}
