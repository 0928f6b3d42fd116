using System.Runtime.CompilerServices;
using static Brachy.InterpolationSizes;

namespace Brachy;

// Signals and images of another size.
public static partial class F
{
    /// <summary>
    /// Resizes the dims after the first two. Dtype: as x. Source: pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html.
    /// </summary>
    /// <param name="x">[N, C, L], [N, C, H, W] or [N, C, D, H, W], floating-point; uint8 for some modes.</param>
    /// <param name="size">The new sizes, one for each dim after the first two; or give a scale_factor.</param>
    /// <param name="scale_factor">What to multiply each size by, rounding down.</param>
    /// <param name="mode">
    /// nearest; nearest-exact, which rounds as other libraries do; linear for one such dim, bilinear or bicubic for two,
    /// trilinear for three; area, which is adaptive average pooling, for one or two.
    /// </param>
    /// <param name="align_corners">
    /// Whether the centres of corner elements stay in place, instead of their outer edges; false by default, and only for
    /// the linear and cubic modes.
    /// </param>
    /// <param name="recompute_scale_factor">
    /// Whether positions follow from the sizes. By default they follow from the scale_factor, which differs when that rounded.
    /// </param>
    /// <param name="antialias">Whether a smaller result averages over all that it covers; only bilinear and bicubic.</param>
    /// <exception cref="ArgumentException">
    /// Not exactly one of size and scale_factor is given, a number is not positive, or a setting is not one of the mode.
    /// </exception>
    /// <exception cref="ShapeException">x does not have the dims of the mode, or a dim other than the first is empty.</exception>
    /// <exception cref="DTypeException">The mode does not take the element type.</exception>
    public static Tensor interpolate(
        Tensor x, Shape? size = null, double[]? scale_factor = null, string mode = "nearest",
        bool? align_corners = null, bool? recompute_scale_factor = null, bool antialias = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mode);
        RequireMode(x, mode, align_corners, antialias);
        if (size is null == scale_factor is null)
        {
            throw new ArgumentException($"interpolate: give either size or scale_factor, and not both.");
        }

        var sizes = size is { } given ? GivenSizes(x, given, recompute_scale_factor) : ScaledSizes(x, scale_factor!);
        if (mode == "area")
        {
            return x.ndim == 3 ? adaptive_avg_pool1d(x, sizes[0]) : adaptive_avg_pool2d(x, (sizes[0], sizes[1]));
        }

        var scales = recompute_scale_factor == true ? null : scale_factor;
        return Upsample.Bind(InterpolationSettings.Of(mode, align_corners ?? false, antialias, sizes, scales), x);
    }

    /// <param name="x">[N, C, L], [N, C, H, W] or [N, C, D, H, W], floating-point; uint8 for some modes.</param>
    /// <param name="size">The new size of every dim after the first two.</param>
    /// <param name="mode">The mode, one of the dims of x.</param>
    /// <param name="align_corners">Whether the centres of corner elements stay in place.</param>
    /// <param name="antialias">Whether a smaller result averages over all that it covers.</param>
    /// <inheritdoc cref="interpolate(Tensor, Shape?, double[], string, bool?, bool?, bool)"/>
    public static Tensor interpolate(Tensor x, long size, string mode = "nearest", bool? align_corners = null, bool antialias = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        return interpolate(
            x, size: Shape.Own([.. Enumerable.Repeat(size, Math.Max(x.ndim - 2, 0))]), null, mode, align_corners, antialias: antialias);
    }

    /// <param name="x">[N, C, H, W], floating-point; uint8 for some modes.</param>
    /// <param name="size">The new height and width.</param>
    /// <param name="mode">The mode, one of two dims.</param>
    /// <param name="align_corners">Whether the centres of corner elements stay in place.</param>
    /// <param name="antialias">Whether a smaller result averages over all that it covers.</param>
    /// <inheritdoc cref="interpolate(Tensor, Shape?, double[], string, bool?, bool?, bool)"/>
    [OverloadResolutionPriority(-1)]
    public static Tensor interpolate(Tensor x, Size2d size, string mode = "nearest", bool? align_corners = null, bool antialias = false) =>
        interpolate(x, size: Shape.Own(SpatialSizes.Pair(size)), null, mode, align_corners, antialias: antialias);

    /// <param name="x">[N, C, L], [N, C, H, W] or [N, C, D, H, W], floating-point; uint8 for some modes.</param>
    /// <param name="scale_factor">What to multiply every size after the first two by, rounding down.</param>
    /// <param name="mode">The mode, one of the dims of x.</param>
    /// <param name="align_corners">Whether the centres of corner elements stay in place.</param>
    /// <param name="recompute_scale_factor">Whether positions follow from the sizes instead of the scale_factor.</param>
    /// <param name="antialias">Whether a smaller result averages over all that it covers.</param>
    /// <inheritdoc cref="interpolate(Tensor, Shape?, double[], string, bool?, bool?, bool)"/>
    public static Tensor interpolate(
        Tensor x, double scale_factor, string mode = "nearest", bool? align_corners = null, bool? recompute_scale_factor = null,
        bool antialias = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        return interpolate(
            x, null, [.. Enumerable.Repeat(scale_factor, Math.Max(x.ndim - 2, 0))], mode, align_corners, recompute_scale_factor, antialias);
    }
}

/// <summary>Modes and sizes of interpolations.</summary>
file static class InterpolationSizes
{
    private const string Modes = "nearest, nearest-exact, linear, bilinear, bicubic, trilinear, area";

    /// <summary>Throws unless the settings go with the mode, and the mode with the dims of x.</summary>
    public static void RequireMode(Tensor x, string mode, bool? alignCorners, bool antialias)
    {
        var (fewest, most) = mode switch
        {
            "nearest" or "nearest-exact" => (3, 5),
            "area" => (3, 4),
            "linear" => (3, 3),
            "bilinear" or "bicubic" => (4, 4),
            "trilinear" => (5, 5),
            _ => throw new ArgumentException($"interpolate: there is no mode '{mode}'; use one of {Modes}."),
        };
        if (x.ndim < fewest || x.ndim > most)
        {
            var remedy = x.ndim switch
            {
                3 => "; for [N, C, L] use linear, nearest or area",
                4 => "; for [N, C, H, W] use bilinear, bicubic, nearest or area",
                5 => "; for [N, C, D, H, W] use trilinear or nearest",
                _ => "",
            };
            throw new ShapeException($"interpolate: mode {mode} takes {(fewest == most ? $"{fewest}" : $"{fewest} to {most}")} dims with "
                + $"batch and channels first, but x is {x.Type}{remedy}.");
        }

        if (alignCorners is not null && mode is "nearest" or "nearest-exact" or "area")
        {
            throw new ArgumentException(
                $"interpolate: align_corners has no meaning for mode {mode}; leave it out, or use linear, bilinear, bicubic or trilinear.");
        }

        if (antialias && mode is not ("bilinear" or "bicubic"))
        {
            throw new ArgumentException($"interpolate: antialias goes with mode bilinear or bicubic, not with {mode}.");
        }
    }

    public static long[] GivenSizes(Tensor x, Shape size, bool? recompute)
    {
        if (size.Rank != x.ndim - 2 || size.Any(n => n < 1))
        {
            throw new ArgumentException($"interpolate: size {size} must hold {x.ndim - 2} positive sizes for x {x.Type}.");
        }

        return recompute != true
            ? size.ToArray()
            : throw new ArgumentException(
                "interpolate: recompute_scale_factor has no meaning with a size; leave it out, or give a scale_factor.");
    }

    public static long[] ScaledSizes(Tensor x, double[] scales)
    {
        if (scales.Length != x.ndim - 2 || !Array.TrueForAll(scales, s => s > 0 && double.IsFinite(s)))
        {
            throw new ArgumentException(
                $"interpolate: scale_factor [{string.Join(", ", scales)}] must hold {x.ndim - 2} positive numbers for x {x.Type}.");
        }

        var sizes = new long[scales.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            var size = Math.Floor(x.shape[i + 2] * scales[i]);
            sizes[i] = size >= 1 && size <= 1L << 47
                ? (long)size
                : throw new ShapeException($"interpolate: scale_factor {scales[i]} makes size {x.shape[i + 2]} of x {x.Type} {size}, which "
                    + $"is {(size < 1 ? "empty; use a larger one" : "more than any memory holds")}.");
        }

        return sizes;
    }
}
