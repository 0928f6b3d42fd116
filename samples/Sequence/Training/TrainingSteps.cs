using Brachy;
using Brachy.Optim;

namespace Sequence;

/// <summary>What a training step gives.</summary>
/// <param name="Opt">The optimizer after the step.</param>
/// <param name="Model">The model after the step.</param>
/// <param name="Loss">The mean negative log-likelihood of the values, but for a constant.</param>
[Tree]
public partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss);

/// <summary>What is compiled for training.</summary>
public static partial class TrainingSteps
{
    /// <summary>Forward, gradients and update: one native call.</summary>
    /// <param name="opt">The optimizer.</param>
    /// <param name="optConfig">Its settings.</param>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="values">Series in standard form, [series, width].</param>
    /// <param name="lengths">How many values of each count, int64[series].</param>
    /// <param name="lags">How far before a value the network looks besides the one before it; the farthest comes last.</param>
    [Jit]
    public static StepResult Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor values,
        Tensor lengths, [Static] IReadOnlyList<long> lags)
    {
        (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, current =>
        {
            var (input, target, counts) = Windows(values, lengths, lags);
            (current, var next) = Forecaster.Apply(current, config, input, null, null, counts);
            var isKnown = F.arange(target.shape[0]).unsqueeze(1) < counts;
            var error = (target - next.Mean) / next.Deviation;
            var likelihood = F.log(next.Deviation) + (0.5 * error * error);
            return (current, F.sum(F.where(isKnown, likelihood, 0)) / F.sum(counts));
        });
        return new StepResult(opt, model, loss);
    }

    /// <summary>What the network reads before each value that it is to foretell: the value before, and those farther back.</summary>
    /// <param name="values">[series, width].</param>
    /// <param name="lengths">int64[series].</param>
    /// <param name="lags">
    /// How far before a value the network looks; the farthest is last, and the values before it cannot be foretold.
    /// </param>
    /// <returns>[width - farthest, series, 1 + lags], the values [width - farthest, series], and how many of each series count.</returns>
    internal static (Tensor Input, Tensor Target, Tensor Counts) Windows(Tensor values, Tensor lengths, IReadOnlyList<long> lags)
    {
        var (farthest, x) = (lags[^1], F.transpose(values, 0, 1));
        var count = x.shape[0] - farthest;
        Tensor Before(long distance) => F.narrow(x, 0, farthest - distance, count);
        return (F.stack([Before(1), .. lags.Select(Before)], -1), Before(0), F.clamp(lengths - farthest, min: 0));
    }
}
