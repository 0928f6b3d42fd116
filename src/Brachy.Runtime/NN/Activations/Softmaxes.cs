namespace Brachy.NN;

/// <summary>exp(x) divided by its sum along a dim.</summary>
[Module]
public partial class Softmax
{
    /// <summary>The dim that sums to 1.</summary>
    [Static]
    public partial long Dim { get; set; }

    /// <summary>A softmax along a dim.</summary>
    /// <param name="dim">The dim that sums to 1.</param>
    public Softmax(long dim) => Dim = dim;

    /// <summary>Applies the function. Any shape that has the dim, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.softmax(x, Dim);
}

/// <summary>The logarithm of the softmax along a dim.</summary>
[Module]
public partial class LogSoftmax
{
    /// <summary>The dim whose exponentials sum to 1.</summary>
    [Static]
    public partial long Dim { get; set; }

    /// <summary>A log softmax along a dim.</summary>
    /// <param name="dim">The dim whose exponentials sum to 1.</param>
    public LogSoftmax(long dim) => Dim = dim;

    /// <summary>Applies the function. Any shape that has the dim, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.log_softmax(x, Dim);
}

/// <summary>The softmax of minus x along a dim.</summary>
[Module]
public partial class Softmin
{
    /// <summary>The dim that sums to 1.</summary>
    [Static]
    public partial long Dim { get; set; }

    /// <summary>A softmin along a dim.</summary>
    /// <param name="dim">The dim that sums to 1.</param>
    public Softmin(long dim) => Dim = dim;

    /// <summary>Applies the function. Any shape that has the dim, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.softmin(x, Dim);
}

/// <summary>The softmax over the channels of images: exp(x) divided by its sum along dim -3.</summary>
[Module]
public partial class Softmax2d
{
    /// <summary>Applies the function. [N, C, H, W] or [C, H, W], floating-point.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim is 3 or 4
            ? F.softmax(x, -3)
            : throw new ShapeException($"Softmax2d: x must be [N, C, H, W] or [C, H, W], but is {x.Type}.");
    }
}
