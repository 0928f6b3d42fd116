using Brachy.Extending;

namespace Brachy;

// Parts of a tensor along one dim.
public static partial class F
{
    /// <summary>
    /// Elements of a dim from start to end, which is excluded, with a step. As in Python, negative numbers count from the
    /// end of the dim and what lies outside it is left out. Shares memory.
    /// </summary>
    /// <param name="x">Any tensor with dims.</param>
    /// <param name="dim">Along which dim.</param>
    /// <param name="start">The first element; null for the first of the dim.</param>
    /// <param name="end">One past the last element; null for all.</param>
    /// <param name="step">The distance between elements; positive.</param>
    /// <exception cref="ShapeException">There is no such dim, or the step is not positive.</exception>
    public static Tensor slice(Tensor x, long dim, long? start = null, long? end = null, long step = 1)
    {
        OperandChecks.RequireDims("slice", x);
        var at = Shapes.NormalizeDim("slice", dim, x.ndim);
        var size = x.shape[at];
        var from = SlicePositions.ClampPosition(start ?? 0, size);
        var to = Math.Max(from, SlicePositions.ClampPosition(end ?? size, size));
        step = Math.Min(step, Math.Max(1, size));
        return from == 0 && to == size && step == 1
            ? x
            : Slice.Bind(new SliceSettings(at, from, to, step), x);
    }

    internal static readonly Primitive<SliceSettings> Slice = new("slice")
    {
        Abstract = x => x[0].WithShape(SlicePositions.SlicedShape(x, x.Settings, x[0].Shape)),
        Eager = x => x[0].slice(x.Settings.Dim, x.Settings.Start, x.Settings.End, x.Settings.Step),
        Script = x => $"torch.slice({x[0]}, {x.Settings.Dim}, {x.Settings.Start}, {x.Settings.End}, {x.Settings.Step})",
        Batching = Batching.Dims<SliceSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
        Vjp = Vjp.Rule<SliceSettings>(
            (g, y, x) => [slice_backward(g, x[0].shape, x.Settings.Dim, x.Settings.Start, x.Settings.End, x.Settings.Step)]),
        Jvp = Jvp.Linear(),
        IsView = true,
    };

    /// <summary>Zeros of the given shape with g in the place that <see cref="slice"/> reads.</summary>
    internal static Tensor slice_backward(Tensor g, Shape shape, long dim, long start, long end, long step) =>
        SliceBackward.Bind(new SliceBackwardSettings(shape, dim, start, end, step), g);

    internal static readonly Primitive<SliceBackwardSettings> SliceBackward = new("slice_backward")
    {
        Abstract = x =>
        {
            Shape shape = x.Settings.Shape;
            var part = SlicePositions.SlicedShape(x, x.Settings, shape);
            return part == x[0].Shape
                ? x[0].WithShape(shape)
                : throw new ShapeException($"slice_backward: the gradient has shape {x[0].Shape}, but the part of {shape} has {part}.");
        },
        Eager = x =>
        {
            var whole = TorchSharp.torch.zeros(x.Settings.Shape.Sizes, dtype: x[0].dtype, device: x[0].device);
            x.Temporary(whole.slice(x.Settings.Dim, x.Settings.Start, x.Settings.End, x.Settings.Step)).copy_(x[0]).Dispose();
            return whole;
        },
        Script = x => $"torch.slice_backward({x[0]}, {Script.Ints(x.Settings.Shape)}, {x.Settings.Dim}, {x.Settings.Start}, "
            + $"{x.Settings.End}, {x.Settings.Step})",
        Batching = Batching.Dims<SliceBackwardSettings>((s, batch) => s with { Shape = batch.Shape(s.Shape), Dim = batch.Dim(s.Dim) }),
        Vjp = Vjp.Rule<SliceBackwardSettings>((g, y, x) => [slice(g, x.Settings.Dim, x.Settings.Start, x.Settings.End, x.Settings.Step)]),
        Jvp = Jvp.Linear(),
    };

    /// <summary>One element of a dim; the dim disappears. Shares memory.</summary>
    /// <param name="x">Any tensor with dims.</param>
    /// <param name="dim">Along which dim.</param>
    /// <param name="index">Which element; negative numbers count from the end.</param>
    /// <exception cref="ShapeException">There is no such dim or element.</exception>
    public static Tensor select(Tensor x, long dim, long index)
    {
        OperandChecks.RequireDims("select", x);
        return Select.Bind(new SelectSettings(Shapes.NormalizeDim("select", dim, x.ndim), index), x);
    }

    internal static readonly Primitive<SelectSettings> Select = new("select")
    {
        Abstract = x =>
        {
            var dim = Shapes.NormalizeDim("select", x.Settings.Dim, x[0].Rank);
            var sizes = x[0].Shape.AsSpan();
            if (x.Settings.Index < -sizes[dim] || x.Settings.Index >= sizes[dim])
            {
                var allowed = sizes[dim] == 0 ? "it has no elements" : $"use {-sizes[dim]} to {sizes[dim] - 1}";
                throw new ShapeException(
                    $"select: index {SlicePositions.IndexText(x.Settings.Index)} is out of range for dim {dim} of {x[0].Shape}; "
                    + $"{allowed}.");
            }

            return x[0].WithShape([.. sizes[..dim], .. sizes[(dim + 1)..]]);
        },
        Eager = x => x[0].select(x.Settings.Dim, x.Settings.Index),
        Script = x => $"torch.select({x[0]}, {x.Settings.Dim}, {x.Settings.Index})",
        Batching = Batching.Dims<SelectSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
        Vjp = Vjp.Rule<SelectSettings>((g, y, x) =>
        {
            var start = x.Settings.Index < 0 ? x.Settings.Index + x[0].size((int)x.Settings.Dim) : x.Settings.Index;
            return [slice_backward(unsqueeze(g, x.Settings.Dim), x[0].shape, x.Settings.Dim, start, start + 1, 1)];
        }),
        Jvp = Jvp.Linear(),
        IsView = true,
    };

    /// <summary>A number of elements of a dim, from one on. Shares memory.</summary>
    /// <exception cref="ShapeException">The elements do not lie inside the dim.</exception>
    public static Tensor narrow(Tensor x, long dim, long start, long length)
    {
        OperandChecks.RequireDims("narrow", x);
        var size = x.size((int)dim);
        var from = start < 0 ? start + size : start;
        if (from < 0 || length < 0 || from > size || length > size - from)
        {
            throw new ShapeException($"narrow: {length} elements from {start} do not lie inside dim {dim} of {x.shape}, which has {size}.");
        }

        return slice(x, dim, from, from + length);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.slice"/>
    public Tensor slice(long dim, long? start = null, long? end = null, long step = 1) => F.slice(this, dim, start, end, step);

    /// <inheritdoc cref="F.select"/>
    public Tensor select(long dim, long index) => F.select(this, dim, index);

    /// <inheritdoc cref="F.narrow"/>
    public Tensor narrow(long dim, long start, long length) => F.narrow(this, dim, start, length);
}
