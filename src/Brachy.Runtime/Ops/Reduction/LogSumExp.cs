using Brachy.Extending;

namespace Brachy;

// Logarithms of sums and means of exponentials, over some of the elements.
public static partial class F
{
    /// <summary>log(sum(e^x)) over the elements of a dim where a condition holds; minus infinity where none does.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">The dim to reduce.</param>
    /// <param name="where">Truth values that broadcast with x.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <exception cref="ShapeException">The dim does not exist or has size 0, or the shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The condition is not bool.</exception>
    public static Tensor logsumexp(Tensor x, long dim, Tensor where, bool keepdim = false)
    {
        OperandChecks.RequireCondition("logsumexp", where);
        return logsumexp(F.where(where, x, double.NegativeInfinity), dim, keepdim);
    }

    /// <summary>log(mean(e^x)) over dims, computed without overflow. Dtype: as x (integers become float32).</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <exception cref="ShapeException">A dim does not exist, is named twice or has size 0.</exception>
    public static Tensor logmeanexp(Tensor x, long[]? dims = null, bool keepdim = false)
    {
        var y = logsumexp(x, dims, keepdim);
        return y - Math.Log((double)x.numel() / y.numel());
    }

    /// <inheritdoc cref="logmeanexp(Tensor, long[], bool)"/>
    public static Tensor logmeanexp(Tensor x, long dim, bool keepdim = false) => logmeanexp(x, [dim], keepdim);

    /// <summary>log(mean(e^x)) over the elements of a dim where a condition holds; not a number where none does.</summary>
    /// <inheritdoc cref="logsumexp(Tensor, long, Tensor, bool)"/>
    public static Tensor logmeanexp(Tensor x, long dim, Tensor where, bool keepdim = false)
    {
        OperandChecks.RequireCondition("logmeanexp", where);
        var chosen = F.where(where, x, double.NegativeInfinity);
        var count = sum(expand(where, chosen.shape), dim, keepdim, chosen.dtype);
        return logsumexp(chosen, dim, keepdim) - log(count);
    }

    /// <summary>log(sum(e^x)) over dims, computed without overflow. Dtype: as x (integers become float32).</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    public static Tensor logsumexp(Tensor x, long[]? dims = null, bool keepdim = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        var real = to(x, Promotion.ToFloat(x.dtype));
        if (x.numel() == 0)
        {
            // libtorch has no largest of nothing; the logarithm of an empty sum is that of 0.
            return log(sum(exp(real), dims, keepdim));
        }

        var largest = stop_gradient(amax(real, dims, keepdim: true));
        var shift = where(isfinite(largest), largest, 0);
        var y = log(sum(exp(real - shift), dims, keepdim: true)) + shift;
        return keepdim ? y : reshape(y, Shapes.Reduce(x.shape, Shapes.NormalizeDims("logsumexp", dims, x.ndim), keepdim: false));
    }

    /// <inheritdoc cref="logsumexp(Tensor, long[], bool)"/>
    public static Tensor logsumexp(Tensor x, long dim, bool keepdim = false) => logsumexp(x, [dim], keepdim);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.logsumexp(Tensor, long[], bool)"/>
    public Tensor logsumexp(long[]? dims = null, bool keepdim = false) => F.logsumexp(this, dims, keepdim);

    /// <inheritdoc cref="F.logsumexp(Tensor, long, bool)"/>
    public Tensor logsumexp(long dim, bool keepdim = false) => F.logsumexp(this, dim, keepdim);
}
