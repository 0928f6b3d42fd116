using static Brachy.InstanceNormChecks;

namespace Brachy;

// Normalisation of each channel of each sample.
public static partial class F
{
    /// <summary>
    /// (x - mean) / sqrt(variance + eps) * weight + bias for each channel of each sample. Running statistics move towards the mean
    /// over the batch of each sample's mean and unbiased variance. Source: pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html.
    /// </summary>
    /// <param name="x">[N, C, L, ...], of a floating-point type.</param>
    /// <param name="running_mean">[C], or null. In the type of x, or float32 beside float16 and bfloat16.</param>
    /// <param name="running_var">The same.</param>
    /// <param name="weight">[C]; null for ones. In the type of the other params.</param>
    /// <param name="bias">[C]; null for zeros. In the type of the other params.</param>
    /// <param name="use_input_stats">Whether mean and variance are those of the samples; otherwise the running ones are used.</param>
    /// <param name="momentum">The share of the new statistics: a number or a 0-dim tensor; 0.1 by default.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>
    /// The output, with shape and element type of x, and the running statistics afterwards: moved ones with
    /// use_input_stats, otherwise those given.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit, or there is only one value for each channel of a sample.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    /// <exception cref="ArgumentException">One running statistic is missing, or both are where they are needed.</exception>
    public static (Tensor output, Tensor? running_mean, Tensor? running_var) instance_norm(
        Tensor x, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null, Tensor? bias = null,
        bool use_input_stats = true, Tensor? momentum = null, double eps = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(x);
        RunningStatistics.RequireRunning("instance_norm", running_mean, running_var, isOptional: use_input_stats);
        var share = RunningStatistics.RequireMomentum("instance_norm", momentum);
        if (!use_input_stats)
        {
            return batch_norm(x, running_mean, running_var, weight, bias, training: false, eps: eps);
        }

        if (x.ndim < 3 || x.shape[1] == 0 || x.shape.Skip(2).Aggregate(1L, (product, size) => product * size) == 1)
        {
            throw new ShapeException(
                $"instance_norm: x must be [N, C, L, ...] with channels of more than one value each, but is {x.Type}.");
        }

        var y = GroupNormRules.group_norm_forward(x, x.shape[1], weight, bias, eps)[0];
        if (running_mean is null || running_var is null || x.numel() == 0)
        {
            return (y, running_mean, running_var);
        }

        RequireRunningTypes(x, running_mean, running_var);
        long[] values = [.. Enumerable.Range(2, x.ndim - 2).Select(d => (long)d)];
        var wide = x.to(running_mean.dtype);
        var batchMean = mean(wide, [0, .. values]);
        var batchVar = mean(var(wide, values), 0);
        var factor = momentum ?? share;
        return (y, RunningStatistics.Mix(running_mean, batchMean, factor), RunningStatistics.Mix(running_var, batchVar, factor));
    }
}

/// <summary>What instance norms ask of their operands.</summary>
file static class InstanceNormChecks
{
    public static void RequireRunningTypes(Tensor x, params ReadOnlySpan<Tensor> running)
    {
        foreach (var statistic in running)
        {
            if (statistic.shape != Shape.Create([x.shape[1]]))
            {
                throw new ShapeException($"instance_norm: running statistics must have shape [{x.shape[1]}], one number for each channel, "
                    + $"but one is {statistic.Type}.");
            }

            if (statistic.dtype != x.dtype && statistic.dtype != DType.Float32)
            {
                throw new DTypeException(
                    $"instance_norm: x is {x.Type} and a running statistic is {statistic.Type}; cast it with x.to(dtype).");
            }
        }
    }
}
