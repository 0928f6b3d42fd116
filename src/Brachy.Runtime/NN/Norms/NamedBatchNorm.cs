using Brachy.Extending;

namespace Brachy.NN;

/// <summary>
/// Batch norms in training where the batch is spread over the samples of <see cref="Vmap"/>, which all have as many values.
/// </summary>
internal static class NamedBatchNorm
{
    /// <summary>As <see cref="F.batch_norm"/> in training, with the statistics of all samples.</summary>
    /// <param name="layer">For messages.</param>
    /// <param name="x">What this sample has of the batch, [N, C, ...].</param>
    /// <param name="running">Mean and variance, [C]; null for none.</param>
    /// <param name="affine">Weight and bias, [C]; null for ones and zeros.</param>
    /// <param name="momentum">The share of the new statistics.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="batch">All samples.</param>
    public static (Tensor Output, Tensor? RunningMean, Tensor? RunningVar) Normalize(
        string layer, Tensor x, (Tensor? Mean, Tensor? Var) running, (Tensor? Weight, Tensor? Bias) affine, Tensor momentum, double eps,
        NamedBatch batch)
    {
        RequireTypes(layer, x, running.Mean ?? affine.Weight ?? affine.Bias);
        var channels = x.shape[1];
        var count = x.numel() / channels * batch.Size;
        if (count == 0)
        {
            return (x.clone(), running.Mean, running.Var);
        }

        if (count == 1)
        {
            throw new ShapeException(
                $"{layer}: {x.Type} has only one value for each channel, and is the only sample of {batch}: there is no variance. Train "
                + "with more samples, or evaluate.");
        }

        long[] others = [0, .. Enumerable.Range(2, x.ndim - 2)];
        var own = x.to(x.dtype is DType.Float16 or DType.BFloat16 ? DType.Float32 : x.dtype);
        var mean = batch.Mean(own.mean(others, keepdim: true));
        var centred = own - mean;
        var variance = batch.Mean(F.square(centred).mean(others, keepdim: true));
        var y = centred * F.rsqrt(variance + eps);
        y = affine.Weight is { } weight ? y * F.reshape(weight, mean.shape) : y;
        y = affine.Bias is { } bias ? y + F.reshape(bias, mean.shape) : y;
        return (
            y.to(x.dtype), Mixed(running.Mean, mean), Mixed(running.Var, variance * ((double)count / (count - 1))));

        Tensor? Mixed(Tensor? old, Tensor fresh) => old is null ? null
            : RunningStatistics.Mix(old, F.reshape(fresh, [channels]).to(old.dtype), momentum);
    }

    private static void RequireTypes(string layer, Tensor x, Tensor? param)
    {
        if (!x.dtype.IsFloatingPoint())
        {
            throw new DTypeException($"{layer}: x must be of a floating-point type, but is {x.Type}.");
        }

        if (param is not null && param.dtype != x.dtype
            && !(param.dtype == DType.Float32 && x.dtype is DType.Float16 or DType.BFloat16))
        {
            throw new DTypeException(
                $"{layer}: x is {x.Type} and its params or statistics are {param.dtype.Name()}; they must have its type, or float32 beside "
                + "float16 and bfloat16. Cast with x.to(dtype).");
        }
    }
}
