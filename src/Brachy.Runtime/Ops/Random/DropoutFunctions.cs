using static Brachy.DropoutMasks;
using static Brachy.F;

namespace Brachy;

// Layers' noise in training: elements or channels that are set to zero at random.
public static partial class F
{
    /// <summary>Sets elements to zero with a probability and scales the others by 1 / (1 − p), so that the mean stays.</summary>
    /// <param name="x">A floating-point tensor.</param>
    /// <param name="p">The probability of zero.</param>
    /// <param name="training">False gives x as it is.</param>
    /// <param name="key">The key to use up; <see cref="Rng.NextKey"/> by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">p does not lie in [0, 1].</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor dropout(Tensor x, double p = 0.5, bool training = true, RngKey? key = null)
    {
        RequireProbability("dropout", x, p);
        return Dropped(x, x.shape, p, training, key);
    }

    /// <summary>Dropout of whole channels of signals, [N, C, L] or [C, L].</summary>
    /// <inheritdoc cref="dropout"/>
    /// <exception cref="ShapeException">x has another number of dims.</exception>
    public static Tensor dropout1d(Tensor x, double p = 0.5, bool training = true, RngKey? key = null) =>
        ChannelDropout("dropout1d", x, p, training, key, 2, 3);

    /// <summary>Dropout of whole channels of images, [N, C, H, W]; three dims are [N, C, L], as in PyTorch.</summary>
    /// <inheritdoc cref="dropout"/>
    /// <exception cref="ShapeException">x has another number of dims.</exception>
    public static Tensor dropout2d(Tensor x, double p = 0.5, bool training = true, RngKey? key = null) =>
        ChannelDropout("dropout2d", x, p, training, key, null, 3, 4);

    /// <summary>Dropout of whole channels of volumes, [N, C, D, H, W] or [C, D, H, W].</summary>
    /// <inheritdoc cref="dropout"/>
    /// <exception cref="ShapeException">x has another number of dims.</exception>
    public static Tensor dropout3d(Tensor x, double p = 0.5, bool training = true, RngKey? key = null) =>
        ChannelDropout("dropout3d", x, p, training, key, 4, 5);

    /// <summary>
    /// Dropout that keeps mean 0 and variance 1, for use with <see cref="selu"/>: what is dropped becomes selu's limit on the left, and all
    /// is scaled and shifted. Formula: Klambauer et al., arXiv:1706.02515.
    /// </summary>
    /// <inheritdoc cref="dropout"/>
    public static Tensor alpha_dropout(Tensor x, double p = 0.5, bool training = true, RngKey? key = null)
    {
        RequireProbability("alpha_dropout", x, p);
        return AlphaDropped(x, x.shape, p, training, key);
    }

    /// <summary>
    /// Alpha dropout of whole channels, [N, C, ...]. Source: pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html.
    /// </summary>
    /// <inheritdoc cref="alpha_dropout"/>
    /// <exception cref="ShapeException">x has less than 2 dims.</exception>
    public static Tensor feature_alpha_dropout(Tensor x, double p = 0.5, bool training = true, RngKey? key = null)
    {
        RequireProbability("feature_alpha_dropout", x, p);
        return x.ndim >= 2
            ? AlphaDropped(x, ChannelsOf(x, 2), p, training, key)
            : throw new ShapeException($"feature_alpha_dropout: x {x.Type} must have at least 2 dims, [N, C, ...].");
    }
}

/// <summary>What is dropped, and what is kept in its place.</summary>
file static class DropoutMasks
{
    public static Tensor AlphaDropped(Tensor x, Shape draws, double p, bool training, RngKey? key)
    {
        const double Limit = -ActivationNumbers.SeluAlpha * ActivationNumbers.SeluScale;
        if (!training || p == 0)
        {
            return x;
        }

        if (p == 1)
        {
            return x * 0;
        }

        var scale = 1 / Math.Sqrt((1 - p) * (1 + (p * Limit * Limit)));
        return (where(ge(Rng.Uniform(draws, DType.Float32, key), p), x, Limit) * scale) - (scale * Limit * p);
    }

    public static Tensor ChannelDropout(
        string op, Tensor x, double p, bool training, RngKey? key, int? withoutBatch, params ReadOnlySpan<int> withBatch)
    {
        RequireProbability(op, x, p);
        if (x.ndim != withoutBatch && !withBatch.Contains(x.ndim))
        {
            var ranks = string.Join(" or ", (withoutBatch is { } rank ? [rank, .. withBatch] : withBatch).ToArray());
            throw new ShapeException($"{op}: x {x.Type} must have {ranks} dims.");
        }

        return Dropped(x, ChannelsOf(x, x.ndim == withoutBatch ? 1 : 2), p, training, key);
    }

    /// <summary>One draw for each channel, which broadcasts over the rest.</summary>
    public static Shape ChannelsOf(Tensor x, int outerDims)
    {
        var sizes = new long[x.ndim];
        Array.Fill(sizes, 1);
        x.shape.AsSpan()[..outerDims].CopyTo(sizes);
        return Shape.Own(sizes);
    }

    public static Tensor Dropped(Tensor x, Shape draws, double p, bool training, RngKey? key)
    {
        if (!training || p == 0)
        {
            return x;
        }

        if (p == 1)
        {
            return x * 0;
        }

        var kept = ge(Rng.Uniform(draws, DType.Float32, key), p);
        return x * (kept.to(x.dtype) * (1 / (1 - p)));
    }

    public static void RequireProbability(string op, Tensor x, double p)
    {
        OperandChecks.RequireReal(op, x);
        if (p is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, $"{op}: p must lie in 0 to 1.");
        }
    }
}
