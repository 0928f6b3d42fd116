using Brachy.Extending;
using static Brachy.ShapeArguments;

namespace Brachy;

// Changing sizes without moving elements.
public static partial class F
{
    /// <summary>The elements in row-major order under other sizes. Element type: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="shape">The new sizes; one may be -1 and is worked out from the rest.</param>
    /// <exception cref="ShapeException">The sizes do not hold exactly the elements of x.</exception>
    public static Tensor reshape(Tensor x, params Shape shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        var target = InferSize("reshape", x.shape, shape);
        return target == x.shape && x.Number is null ? x : Reshape.Bind(new ShapeSettings(target), x);
    }

    internal static readonly Primitive<ShapeSettings> Reshape = new("reshape")
    {
        Abstract = x => x[0].WithShape(InferSize("reshape", x[0].Shape, x.Settings.Shape)),
        Eager = x => x[0].reshape(x.Settings.Shape.Sizes),
        Script = x => $"torch.reshape({x[0]}, {Script.Ints(x.Settings.Shape)})",
        Batching = Batching.Dims<ShapeSettings>((s, batch) => new ShapeSettings(batch.Shape(s.Shape))),
        Vjp = Vjp.Rule((g, y, x) => [reshape(g, x[0].shape)]),
        Jvp = Jvp.Linear(),
        IsView = true,

        // A copy, where the layout asks for one.
        Cost = x => x.Once(),
    };

    /// <summary>The same as <see cref="reshape"/>: tensors are immutable, so it does not matter whether memory is shared.</summary>
    /// <inheritdoc cref="reshape"/>
    public static Tensor view(Tensor x, params Shape shape) => reshape(x, shape);

    /// <summary>Merges the dims from one to another, both included, into one. A tensor without dims gets one.</summary>
    /// <exception cref="ShapeException">A dim does not exist or the last comes before the first.</exception>
    public static Tensor flatten(Tensor x, long start_dim = 0, long end_dim = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        var start = Shapes.NormalizeDim("flatten", start_dim, x.ndim);
        var end = Shapes.NormalizeDim("flatten", end_dim, x.ndim);
        if (start > end)
        {
            throw new ShapeException($"flatten: start_dim {start_dim} comes after end_dim {end_dim} in {x.shape}; swap them.");
        }

        if (x.ndim == 0)
        {
            return reshape(x, 1);
        }

        var sizes = x.shape.AsSpan();
        long merged = 1;
        foreach (var size in sizes[start..(end + 1)])
        {
            merged *= size;
        }

        return reshape(x, [.. sizes[..start], merged, .. sizes[(end + 1)..]]);
    }

    /// <summary>Splits one dim into several.</summary>
    /// <param name="x">Any tensor with dims.</param>
    /// <param name="dim">The dim to split.</param>
    /// <param name="sizes">The sizes it becomes; one may be -1.</param>
    /// <exception cref="ShapeException">The product of the sizes is not the size of the dim.</exception>
    public static Tensor unflatten(Tensor x, long dim, params Shape sizes)
    {
        OperandChecks.RequireDims("unflatten", x);
        var at = Shapes.NormalizeDim("unflatten", dim, x.ndim);
        var parts = InferSize("unflatten", [x.shape[at]], sizes);
        return reshape(x, [.. x.shape.AsSpan()[..at], .. parts, .. x.shape.AsSpan()[(at + 1)..]]);
    }

    /// <summary>Removes every dim of size 1.</summary>
    public static Tensor squeeze(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return reshape(x, [.. x.shape.Where(size => size != 1)]);
    }

    /// <summary>Removes one dim when its size is 1; otherwise gives x.</summary>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    public static Tensor squeeze(Tensor x, long dim)
    {
        ArgumentNullException.ThrowIfNull(x);
        var at = Shapes.NormalizeDim("squeeze", dim, x.ndim);
        var sizes = x.shape.AsSpan();
        return x.ndim > 0 && sizes[at] == 1 ? reshape(x, [.. sizes[..at], .. sizes[(at + 1)..]]) : x;
    }

    /// <summary>Inserts a dim of size 1.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">Where the new dim stands in the result; -1 puts it last.</param>
    /// <exception cref="ShapeException">There is no such place.</exception>
    public static Tensor unsqueeze(Tensor x, long dim)
    {
        ArgumentNullException.ThrowIfNull(x);
        var at = Shapes.NormalizeDim("unsqueeze", dim, x.ndim + 1);
        var sizes = x.shape.AsSpan();
        return reshape(x, [.. sizes[..at], 1, .. sizes[at..]]);
    }

    /// <summary>Repeats dims of size 1, and new leading dims, without copying.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="shape">The sizes to reach; -1 keeps the size of a dim.</param>
    /// <exception cref="ShapeException">A size of x is neither 1 nor the size asked for.</exception>
    public static Tensor expand(Tensor x, params Shape shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        var target = ExpandedSize("expand", x.shape, shape);
        return target == x.shape && x.Number is null ? x : Expand.Bind(new ShapeSettings(target), x);
    }

    // Backward.Fit sums the gradient over the repeated dims.
    internal static readonly Primitive<ShapeSettings> Expand = new("expand")
    {
        Abstract = x => x[0].WithShape(ExpandedSize("expand", x[0].Shape, x.Settings.Shape)),
        Eager = x => x[0].expand(x.Settings.Shape.Sizes),
        Script = x => $"torch.expand({x[0]}, {Script.Ints(x.Settings.Shape)})",
        Batching = Batching.Rule<ShapeSettings>(
            x => expand(x.Aligned(0, x.Settings.Shape.Rank), [x.Size, .. x.Settings.Shape])),
        Vjp = Vjp.Rule((g, y, x) => [g]),
        Jvp = Jvp.Linear(),
        IsView = true,
    };

    /// <summary>Expands x to the shape of another tensor.</summary>
    /// <inheritdoc cref="expand"/>
    public static Tensor expand_as(Tensor x, Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return expand(x, other.shape);
    }

    /// <summary>The same as <see cref="expand"/>.</summary>
    /// <inheritdoc cref="expand"/>
    public static Tensor broadcast_to(Tensor x, params Shape shape) => expand(x, shape);

    /// <summary>The number of elements.</summary>
    public static long numel(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.numel();
    }

    /// <summary>The shape that shapes broadcast to.</summary>
    /// <exception cref="ShapeException">They do not broadcast.</exception>
    public static Shape broadcast_shapes(params IReadOnlyList<Shape> shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return shapes.Aggregate(Shape.Scalar, (common, shape) => Shapes.Broadcast("broadcast_shapes", common, shape));
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.reshape"/>
    public Tensor reshape(params Shape shape) => F.reshape(this, shape);

    /// <inheritdoc cref="F.view"/>
    public Tensor view(params Shape shape) => F.view(this, shape);

    /// <inheritdoc cref="F.flatten"/>
    public Tensor flatten(long start_dim = 0, long end_dim = -1) => F.flatten(this, start_dim, end_dim);

    /// <inheritdoc cref="F.unflatten"/>
    public Tensor unflatten(long dim, params Shape sizes) => F.unflatten(this, dim, sizes);

    /// <inheritdoc cref="F.squeeze(Tensor)"/>
    public Tensor squeeze() => F.squeeze(this);

    /// <inheritdoc cref="F.squeeze(Tensor, long)"/>
    public Tensor squeeze(long dim) => F.squeeze(this, dim);

    /// <inheritdoc cref="F.unsqueeze"/>
    public Tensor unsqueeze(long dim) => F.unsqueeze(this, dim);

    /// <inheritdoc cref="F.expand"/>
    public Tensor expand(params Shape shape) => F.expand(this, shape);

    /// <inheritdoc cref="F.expand_as"/>
    public Tensor expand_as(Tensor other) => F.expand_as(this, other);

    /// <inheritdoc cref="F.broadcast_to"/>
    public Tensor broadcast_to(params Shape shape) => F.broadcast_to(this, shape);

    /// <summary>The number of elements.</summary>
    public long nelement() => numel();

    /// <summary>The number of dimensions.</summary>
    public long ndimension() => ndim;

    /// <summary>The same elements in the shape of another tensor, in row-major order.</summary>
    /// <exception cref="ShapeException">The numbers of elements differ.</exception>
    public Tensor view_as(Tensor other) => reshape_as(other);

    /// <summary>The same elements in the shape of another tensor, in row-major order.</summary>
    /// <exception cref="ShapeException">The numbers of elements differ.</exception>
    public Tensor reshape_as(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return F.reshape(this, other.shape);
    }
}

/// <summary>Shapes with sizes that are to be worked out.</summary>
file static class ShapeArguments
{
    /// <summary>Works out a size given as -1 and checks that the number of elements stays.</summary>
    public static Shape InferSize(string op, Shape from, Shape to)
    {
        var known = new List<long>();
        var open = -1;
        for (var i = 0; i < to.Rank; i++)
        {
            if (to[i] == -1 && open < 0)
            {
                open = i;
            }
            else if (to[i] < 0)
            {
                throw new ShapeException($"{op}: size {to[i]} in {to} is not a size; only one may be -1.");
            }
            else
            {
                known.Add(to[i]);
            }
        }

        // Throws on absurd sizes.
        var product = Shape.Own([.. known]).NumElements;
        var total = from.NumElements;
        if (open < 0 ? product != total : product == 0 || total % product != 0)
        {
            var why = open >= 0 && product == 0 ? "the size -1 could be anything" : $"{from} has {total} elements";
            throw new ShapeException($"{op}: {from} does not fit {to}: {why}; give sizes with {total} elements in all.");
        }

        if (open < 0)
        {
            return to;
        }

        var sizes = to.ToArray();
        sizes[open] = total / product;
        return Shape.Own(sizes);
    }

    public static Shape ExpandedSize(string op, Shape from, Shape to)
    {
        var added = to.Rank - from.Rank;
        if (added < 0)
        {
            throw new ShapeException($"{op}: {from} has more dims than {to}; give at least {from.Rank} sizes.");
        }

        var sizes = to.ToArray();
        for (var i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] == -1 && i >= added)
            {
                sizes[i] = from[i - added];
            }
            else if (sizes[i] < 0)
            {
                throw new ShapeException($"{op}: size {sizes[i]} in {to} is not a size; -1 keeps the size of a dim that x has.");
            }
            else if (i >= added && from[i - added] != sizes[i] && from[i - added] != 1)
            {
                throw new ShapeException($"{op}: {from} does not expand to {to}: dim {i} of the result is {sizes[i]}, but x has "
                    + $"{from[i - added]} there, and only size 1 can be repeated.");
            }
        }

        return Shape.Own(sizes);
    }
}
