using Brachy.Extending;
using static Brachy.PermutingRules;

namespace Brachy;

// Changing the order of dims and of elements along them.
public static partial class F
{
    /// <summary>Reorders the dims: dim i of the result is dim <c>dims[i]</c> of x. Shares memory.</summary>
    /// <exception cref="ShapeException">The dims do not name each dim of x exactly once.</exception>
    public static Tensor permute(Tensor x, params ReadOnlySpan<long> dims)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (dims.Length != x.ndim)
        {
            throw new ShapeException(
                $"permute: [{string.Join(", ", dims.ToArray())}] must name each of the {x.ndim} dims of {x.shape} once.");
        }

        var order = Shapes.NormalizeDims("permute", dims, x.ndim);
        return Permutation.IsInOrder(order) && x.Number is null ? x : Permute.Bind(new DimsSettings(order), x);
    }

    internal static readonly Primitive<DimsSettings> Permute = new("permute")
    {
        Abstract = x => x[0].WithShape(Shape.Own(Array.ConvertAll(Order(x), d => x[0].Shape[(int)d]))),
        Eager = x => x[0].permute(x.Settings.Dims.Sizes),
        Script = x => x.Settings.Dims is [1, 0] ? $"torch.t({x[0]})" : $"torch.permute({x[0]}, {Script.Ints(x.Settings.Dims)})",
        Batching = Batching.Dims<DimsSettings>(
            (s, batch) => new DimsSettings(batch.Sample.Rank == 0 ? [0, 1] : [0, .. batch.Dims(s.Dims)])),
        Vjp = Vjp.Rule<DimsSettings>(
            (g, y, x) => [permute(g, Permutation.Inverse(Shapes.NormalizeDims("permute", x.Settings.Dims.Sizes, g.ndim)))]),
        Jvp = Jvp.Linear(),
        IsView = true,
    };

    /// <summary>Swaps two dims. Shares memory.</summary>
    /// <exception cref="ShapeException">A dim does not exist.</exception>
    public static Tensor transpose(Tensor x, long dim0, long dim1)
    {
        ArgumentNullException.ThrowIfNull(x);
        var a = Shapes.NormalizeDim("transpose", dim0, x.ndim);
        var b = Shapes.NormalizeDim("transpose", dim1, x.ndim);
        if (a == b)
        {
            return x;
        }

        var order = Shapes.NormalizeDims("transpose", [], x.ndim);
        (order[a], order[b]) = (order[b], order[a]);
        return permute(x, order);
    }

    /// <summary>Moves one dim to another place; the others keep their order. Shares memory.</summary>
    /// <exception cref="ShapeException">A dim does not exist.</exception>
    public static Tensor movedim(Tensor x, long source, long destination)
    {
        ArgumentNullException.ThrowIfNull(x);
        var from = Shapes.NormalizeDim("movedim", source, x.ndim);
        var to = Shapes.NormalizeDim("movedim", destination, x.ndim);
        var order = Shapes.NormalizeDims("movedim", [], x.ndim).Where(d => d != from).ToList();
        if (x.ndim > 0)
        {
            order.Insert(to, from);
        }

        return permute(x, [.. order]);
    }

    /// <summary>Reverses the order of the elements along some dims.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dims">Which dims; none leaves x as it is.</param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    public static Tensor flip(Tensor x, params ReadOnlySpan<long> dims)
    {
        ArgumentNullException.ThrowIfNull(x);
        return dims.Length == 0 ? x : Flip.Bind(new DimsSettings(Shapes.NormalizeDims("flip", dims, x.ndim)), x);
    }

    internal static readonly Primitive<DimsSettings> Flip = new("flip")
    {
        Abstract = x =>
        {
            _ = Shapes.NormalizeDims("flip", x.Settings.Dims.Sizes, x[0].Rank);
            return x[0].WithShape(x[0].Shape);
        },
        Eager = x => x[0].flip(x.Settings.Dims.Sizes),
        Script = x => $"torch.flip({x[0]}, {Script.Ints(x.Settings.Dims)})",
        Batching = Batching.Dims<DimsSettings>((s, batch) => new DimsSettings(batch.Dims(s.Dims))),
        Vjp = Vjp.Rule<DimsSettings>((g, y, x) => [flip(g, x.Settings.Dims.Sizes)]),
        Jvp = Jvp.Linear(),
    };

    /// <summary>A matrix with its two dims swapped; a vector or a tensor without dims stays. Shares memory.</summary>
    /// <exception cref="ShapeException">There are more than two dims.</exception>
    public static Tensor t(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim <= 2 ? x.T : throw new ShapeException($"t: x must have at most 2 dims, but is {x.Type}; use x.mT or F.permute.");
    }
}

public sealed partial class Tensor
{
    /// <summary>The dims in reverse order.</summary>
    public Tensor T => F.permute(this, [.. Enumerable.Range(0, ndim).Select(i => (long)(ndim - 1 - i))]);

    /// <summary>The last two dims swapped.</summary>
    /// <exception cref="ShapeException">There are fewer than two dims.</exception>
    public Tensor mT => ndim >= 2
        ? F.transpose(this, -2, -1)
        : throw new ShapeException($"mT: only a tensor with at least 2 dims is a matrix; this one is {Type}.");

    /// <inheritdoc cref="F.permute"/>
    public Tensor permute(params ReadOnlySpan<long> dims) => F.permute(this, dims);

    /// <inheritdoc cref="F.transpose"/>
    public Tensor transpose(long dim0, long dim1) => F.transpose(this, dim0, dim1);

    /// <inheritdoc cref="F.movedim(Tensor, long, long)"/>
    public Tensor movedim(long source, long destination) => F.movedim(this, source, destination);

    /// <inheritdoc cref="F.flip"/>
    public Tensor flip(params ReadOnlySpan<long> dims) => F.flip(this, dims);

    /// <inheritdoc cref="F.t"/>
    public Tensor t() => F.t(this);
}

/// <summary>The rules of permutations.</summary>
file static class PermutingRules
{
    public static long[] Order(AbstractArgs<DimsSettings> x)
    {
        var order = Shapes.NormalizeDims("permute", x.Settings.Dims.Sizes, x[0].Rank);
        return order.Length == x[0].Rank
            ? order
            : throw new ShapeException(
                $"permute: [{string.Join(", ", order)}] must name each of the {x[0].Rank} dims of {x[0].Shape} once.");
    }
}
