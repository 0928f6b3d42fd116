namespace Brachy;

/// <summary>Running means and variances of batch and instance norms.</summary>
internal static class RunningStatistics
{
    public static void RequireRunning(string op, Tensor? runningMean, Tensor? runningVar, bool isOptional)
    {
        if (runningMean is null != runningVar is null)
        {
            throw new ArgumentException(
                $"{op}: running_mean and running_var must both be given, or neither.",
                runningMean is null ? nameof(runningMean) : nameof(runningVar));
        }

        if (runningMean is null && !isOptional)
        {
            throw new ArgumentException(
                $"{op}: without the statistics of the batch, running_mean and running_var are needed.", nameof(runningMean));
        }
    }

    /// <summary>The share of new statistics when it is a plain number.</summary>
    public static double RequireMomentum(string op, Tensor? momentum)
    {
        if (momentum is not null && (momentum.ndim > 0 || momentum.dtype == DType.Bool))
        {
            throw new ArgumentException(
                $"{op}: momentum must be a number or a 0-dim tensor of numbers, but is {momentum.Type}.", nameof(momentum));
        }

        return momentum is null ? 0.1 : momentum.Number?.ToDouble() ?? 0;
    }

    public static Tensor Mix(Tensor old, Tensor fresh, Tensor share) => old + ((fresh - old) * share).to(old.dtype);
}
