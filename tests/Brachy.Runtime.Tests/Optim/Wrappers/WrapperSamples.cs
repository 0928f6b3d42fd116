using Brachy.Optim;
using Brachy.Trees;
using static System.Math;

namespace Brachy.Tests.Optim;

/// <summary>A row for each optimizer that holds another, and for those that look at the whole model.</summary>
internal static class WrapperSamples
{
    private static readonly PathFilter s_vectors = PathFilter.Where((_, tensor) => tensor.ndim == 1);

    public static IReadOnlyList<WrapperSample> All { get; } =
    [
        new("clip norm", m => new ClipGradNorm(new SGD(m, 0.1, momentum: 0.9), 0.05), Formula: null),
        new("clip value", m => new ClipGradValue(new SGD(m, 0.1), 0.02), (p, g, s, t) => p - (0.1 * Clamp(g, -0.02, 0.02))),
        new("average", m => new ExponentialMovingAverage(new SGD(m, 0.1), m), Sgd(0.1, 0)),
        new("accumulation", m => new GradientAccumulation(new SGD(m, 0.1, momentum: 0.9), m, every: 2), AccumulatedSgd),
        new("loss scaling", m => new LossScaling(new SGD(m, 0.1, momentum: 0.9), 1024), Sgd(0.1, 0.9)),
        new("loss scaling of adamw", m => new LossScaling(new AdamW(m, 0.01), 1024), Formula: null),
        new("random scaling", m => new RandomScaling(new SGD(m, 0.1), m, RandomScale.Uniform, Rng.Seed(3)), Formula: null),
        new("groups", m => new ParamGroups(m, (s_vectors, p => new SGD(p, 0.1)), ("**", p => new SGD(p, 0.1))), Sgd(0.1, 0)),
        new("group of all", m => new ParamGroups(m, ("**", p => new AdamW(p, 0.01))), Formula: null),
        new("frozen", _ => new Frozen(), (p, g, s, t) => p),
        new("data parallel", m => new DataParallel(new SGD(m, 0.1, momentum: 0.9)), Sgd(0.1, 0.9)),
        new("slices", m => new ZeroRedundancyOptimizer(m, s => new SGD(s, 0.1, momentum: 0.9)), Sgd(0.1, 0.9)),
        new("slices of adamw", m => new ZeroRedundancyOptimizer(m, s => new AdamW(s, 0.01)), Formula: null),
        new("scheduled", m => new Scheduled(new SGD(m, 0.1), ("lr", Schedule.Constant(0.05))), Sgd(0.05, 0)),
        new(
            "scheduled, falling",
            m => new Scheduled(new SGD(m, 0.1), ("lr", Schedule.Exponential(0.2, 0.95))),
            (p, g, s, t) => p - (0.2 * Pow(0.95, t - 1) * g)),
        new("plateau", m => new ReduceLROnPlateau(new SGD(m, 0.1)), Sgd(0.1, 0)),
        new("lbfgs", m => new LBFGS(m), Formula: null) { DecidesByValues = true },
    ];

    private static Formula Sgd(double lr, double momentum) => (p, g, s, t) => p - (lr * (s[0] = (momentum * s[0]) + g));

    // Of the two micro-batches of a step, the first leaves the params alone; then follows a step with the mean of both gradients.
    private static double AccumulatedSgd(double p, double g, double[] s, int t)
    {
        s[0] += g / 2;
        if (t % 2 == 1)
        {
            return p;
        }

        s[1] = (0.9 * s[1]) + s[0];
        s[0] = 0;
        return p - (0.1 * s[1]);
    }
}
