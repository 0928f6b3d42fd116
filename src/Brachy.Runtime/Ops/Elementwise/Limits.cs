namespace Brachy;

// Values kept within limits, and extrema that pass over NaN.
public static partial class F
{
    /// <summary>Elementwise x, but not below min; see <see cref="clamp"/>.</summary>
    /// <inheritdoc cref="clamp"/>
    public static Tensor clamp_min(Tensor x, Tensor min)
    {
        ArgumentNullException.ThrowIfNull(min);
        return clamp(x, min: min);
    }

    /// <summary>Elementwise x, but not above max; see <see cref="clamp"/>.</summary>
    /// <inheritdoc cref="clamp"/>
    public static Tensor clamp_max(Tensor x, Tensor max)
    {
        ArgumentNullException.ThrowIfNull(max);
        return clamp(x, max: max);
    }

    /// <summary>The same as <see cref="clamp"/>.</summary>
    /// <inheritdoc cref="clamp"/>
    public static Tensor clip(Tensor x, Tensor? min = null, Tensor? max = null) => clamp(x, min, max);

    /// <summary>
    /// Elementwise larger value; a number wins over NaN. Of equal values the gradient goes to left. Shape: broadcast; dtype: promoted.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor fmax(Tensor left, Tensor right) => where(logical_or(ge(left, right), isnan(right)), left, right);

    /// <summary>
    /// Elementwise smaller value; a number wins over NaN. Of equal values the gradient goes to left. Shape: broadcast; dtype: promoted.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor fmin(Tensor left, Tensor right) => where(logical_or(le(left, right), isnan(right)), left, right);

    /// <summary>The same as <see cref="maximum"/>.</summary>
    /// <inheritdoc cref="maximum"/>
    public static Tensor max(Tensor left, Tensor right) => maximum(left, right);

    /// <summary>The same as <see cref="minimum"/>.</summary>
    /// <inheritdoc cref="minimum"/>
    public static Tensor min(Tensor left, Tensor right) => minimum(left, right);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.clamp_min"/>
    public Tensor clamp_min(Tensor min) => F.clamp_min(this, min);

    /// <inheritdoc cref="F.clamp_max"/>
    public Tensor clamp_max(Tensor max) => F.clamp_max(this, max);

    /// <inheritdoc cref="F.clip"/>
    public Tensor clip(Tensor? min = null, Tensor? max = null) => F.clip(this, min, max);

    /// <inheritdoc cref="F.fmax"/>
    public Tensor fmax(Tensor right) => F.fmax(this, right);

    /// <inheritdoc cref="F.fmin"/>
    public Tensor fmin(Tensor right) => F.fmin(this, right);

    /// <inheritdoc cref="F.max(Tensor, Tensor)"/>
    public Tensor max(Tensor right) => F.max(this, right);

    /// <inheritdoc cref="F.min(Tensor, Tensor)"/>
    public Tensor min(Tensor right) => F.min(this, right);
}
