using static Brachy.F;
using static Brachy.PixelBlocks;

namespace Brachy;

// Channels for resolution, and back.
public static partial class F
{
    /// <summary>
    /// Spreads groups of r² channels over blocks of r × r pixels: [*, C·r², H, W] becomes [*, C, H·r, W·r]. Dtype: as x.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html.
    /// </summary>
    /// <param name="x">At least [C·r², H, W], of any type.</param>
    /// <param name="upscale_factor">r.</param>
    /// <exception cref="ArgumentException">The factor is not positive.</exception>
    /// <exception cref="ShapeException">There are fewer than three dims, or the channels do not divide by r².</exception>
    public static Tensor pixel_shuffle(Tensor x, long upscale_factor)
    {
        var (batch, c, h, w) = Pixels("pixel_shuffle", x, "upscale_factor", upscale_factor);
        var r = upscale_factor;
        if (c % (r * r) != 0)
        {
            throw new ShapeException($"pixel_shuffle: the {c} channels of x {x.Type} do not divide by the square of upscale_factor {r}.");
        }

        c /= r * r;
        var blocks = reshape(x, [.. batch, c, r, r, h, w]);
        var rows = SpatialSizes.SizeThatFits("pixel_shuffle", (Int128)h * r);
        var columns = SpatialSizes.SizeThatFits("pixel_shuffle", (Int128)w * r);
        return reshape(PermuteLast(blocks, 0, 3, 1, 4, 2), [.. batch, c, rows, columns]);
    }

    /// <summary>
    /// Moves blocks of r × r pixels into r² channels: [*, C, H·r, W·r] becomes [*, C·r², H, W]. Dtype: as x.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html.
    /// </summary>
    /// <param name="x">At least [C, H·r, W·r], of any type.</param>
    /// <param name="downscale_factor">r.</param>
    /// <exception cref="ArgumentException">The factor is not positive.</exception>
    /// <exception cref="ShapeException">There are fewer than three dims, or height or width do not divide by r.</exception>
    public static Tensor pixel_unshuffle(Tensor x, long downscale_factor)
    {
        var (batch, c, h, w) = Pixels("pixel_unshuffle", x, "downscale_factor", downscale_factor);
        var r = downscale_factor;
        if (h % r != 0 || w % r != 0)
        {
            throw new ShapeException($"pixel_unshuffle: height and width of x {x.Type} do not both divide by downscale_factor {r}.");
        }

        var channels = SpatialSizes.SizeThatFits("pixel_unshuffle", (Int128)c * r * r);
        var blocks = reshape(x, [.. batch, c, h / r, r, w / r, r]);
        return reshape(PermuteLast(blocks, 0, 2, 4, 1, 3), [.. batch, channels, h / r, w / r]);
    }

    /// <summary>
    /// Mixes the channels of groups: those of a group end up as many channels apart as there are groups. Dtype: as x.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html.
    /// </summary>
    /// <param name="x">At least [N, C, L], of any type.</param>
    /// <param name="groups">The number of groups, which divides C.</param>
    /// <exception cref="ArgumentException">groups is not positive.</exception>
    /// <exception cref="ShapeException">There are fewer than three dims, or C does not divide by groups.</exception>
    public static Tensor channel_shuffle(Tensor x, long groups)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (groups < 1)
        {
            throw new ArgumentException($"channel_shuffle: groups is {groups}, but must be positive.", nameof(groups));
        }

        if (x.ndim < 3 || x.shape[1] % groups != 0)
        {
            throw new ShapeException(
                $"channel_shuffle: x {x.Type} must be [N, C, ...] with C divided by groups {groups}, and at least one more dim.");
        }

        var sizes = x.shape.AsSpan();
        return reshape(transpose(reshape(x, [sizes[0], groups, sizes[1] / groups, .. sizes[2..]]), 1, 2), x.shape);
    }
}

/// <summary>Blocks of pixels that become channels, and the other way round.</summary>
file static class PixelBlocks
{
    public static (long[] Batch, long Channels, long Height, long Width) Pixels(string op, Tensor x, string argument, long factor)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (factor < 1 || factor > int.MaxValue)
        {
            throw new ArgumentException($"{op}: {argument} is {factor}, but must be from 1 to {int.MaxValue}.");
        }

        var sizes = x.shape.AsSpan();
        return sizes.Length >= 3
            ? (sizes[..^3].ToArray(), sizes[^3], sizes[^2], sizes[^1])
            : throw new ShapeException($"{op}: x must have at least 3 dims, [C, H, W], but is {x.Type}.");
    }

    /// <summary>Reorders the last five dims, which are numbered from 0, and keeps those before.</summary>
    public static Tensor PermuteLast(Tensor x, params ReadOnlySpan<int> order)
    {
        var kept = x.ndim - order.Length;
        var dims = new long[x.ndim];
        for (var i = 0; i < dims.Length; i++)
        {
            dims[i] = i < kept ? i : kept + order[i - kept];
        }

        return permute(x, dims);
    }
}
