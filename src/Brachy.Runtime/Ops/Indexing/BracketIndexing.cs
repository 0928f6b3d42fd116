using Brachy.Extending;
using static Brachy.BracketSteps;
using static Brachy.F;

namespace Brachy;

// What the brackets of x[…] and x.at[…] mean.
public static partial class F
{
    internal static Tensor index(Tensor x, ReadOnlySpan<TensorIndex> indices)
    {
        var (_, part, picks) = Views(x, indices);
        if (picks.Count == 0)
        {
            return part;
        }

        var (dims, tensors) = IndexedPlaces.Of(part, picks);
        return IndexedPlaces.TakeAt(part, dims, tensors);
    }

    /// <summary>x with a value in the place that the brackets read, or with the value added there.</summary>
    internal static Tensor index_set(Tensor x, ReadOnlySpan<TensorIndex> indices, Tensor value, bool add)
    {
        ArgumentNullException.ThrowIfNull(value);
        OperandChecks.RequireHeld("x.at[…]", x, value);
        value = to(value, x.dtype);
        var (steps, part, picks) = Views(x, indices);
        if (picks is [{ Indices: { dtype: DType.Bool } mask, Dim: var at }] && OneForAll(part, at, mask, value) is { } one)
        {
            part = where(
                reshape(mask, [.. mask.shape, .. Enumerable.Repeat(1L, part.ndim - at - mask.ndim)]), add ? part + one : one, part);
        }
        else if (picks.Count > 0)
        {
            var (dims, tensors) = IndexedPlaces.Of(part, picks);
            part = IndexedPlaces.PutAt(part, dims, tensors, value, add);
        }
        else if (Shapes.Broadcast("x.at[…]", value.shape, part.shape) == part.shape)
        {
            part = add ? part + value : expand(value, part.shape);
        }
        else
        {
            throw new ShapeException($"x.at[{string.Join(", ", indices.ToArray())}]: the value {value.Type} does not broadcast to "
                + $"{part.shape}, the shape of the part.");
        }

        for (var i = steps.Count - 1; i >= 0; i--)
        {
            var (whole, index, dim) = steps[i];
            part = index.Kind switch
            {
                TensorIndexKind.Range when part.shape != whole.shape =>
                    slice_scatter(whole, part, dim, index.Start, index.Stop, index.Step),
                TensorIndexKind.Element => select_scatter(whole, part, dim, index.Start!.Value),
                TensorIndexKind.NewDim => reshape(part, whole.shape),
                _ => part,
            };
        }

        return part;
    }
}

public sealed partial class Tensor
{
    /// <summary>
    /// A part of the tensor, as in PyTorch: <c>x[0]</c>, <c>x[^1]</c>, <c>x[1..3]</c>, <c>x[.., 2]</c>,
    /// <c>x[TensorIndex.Ellipsis, ^2..]</c>. Each range stands for one dim; dims without an index stay. Shares memory,
    /// except with integer tensors as indices. Several of those name elements together, as in <see cref="F.index_put"/>.
    /// </summary>
    /// <param name="indices">One for each dim from the first on; see <see cref="TensorIndex"/>.</param>
    /// <exception cref="ShapeException">There are more indices than dims, or an element does not exist.</exception>
    /// <exception cref="DTypeException">A tensor used as an index does not hold integers.</exception>
    /// <exception cref="NativeOpException">A tensor used as an index names an element that does not exist.</exception>
    public Tensor this[params ReadOnlySpan<TensorIndex> indices] => F.index(this, indices);

    /// <summary>
    /// Names a part of this tensor, to make a tensor with another part there: <c>x.at[1..3, 0].set(value)</c>. See <see cref="TensorAt"/>.
    /// </summary>
    public TensorAt at => new(this);
}

/// <summary>What is in brackets, taken apart into views and picks.</summary>
file static class BracketSteps
{
    /// <summary>
    /// Applies the indices that are not tensors, one after the other: what each was applied to, and in which dim; what is left; and the
    /// tensors of indices and masks with the first dim of it that they stand for.
    /// </summary>
    public static (List<(Tensor Whole, TensorIndex Index, int Dim)> Steps, Tensor Part, List<(int Dim, Tensor Indices)> Picks) Views(
        Tensor x, ReadOnlySpan<TensorIndex> indices)
    {
        var steps = new List<(Tensor, TensorIndex, int)>();
        var picks = new List<(int, Tensor)>();
        var (part, dim) = (x, 0);
        var skipped = RequireIndices(x, indices);
        foreach (var index in indices)
        {
            // A mask without dims chooses all or nothing: it is the mask of a new dim.
            var isSwitch = index.Tensor is { dtype: DType.Bool, ndim: 0 };
            steps.Add((part, isSwitch ? TensorIndex.None : index, dim));
            switch (index.Kind)
            {
                case TensorIndexKind.Gather when isSwitch:
                    part = unsqueeze(part, dim);
                    picks.Add((dim++, reshape(index.Tensor!, 1)));
                    break;
                case TensorIndexKind.Range:
                    part = slice(part, dim++, index.Start, index.Stop, index.Step);
                    break;
                case TensorIndexKind.Element:
                    part = select(part, dim, index.Start!.Value);
                    break;
                case TensorIndexKind.NewDim:
                    part = unsqueeze(part, dim++);
                    break;
                case TensorIndexKind.Ellipsis:
                    dim += skipped;
                    break;
                default:
                    picks.Add((dim, index.Tensor!));
                    dim += TakenDims(index);
                    break;
            }
        }

        return (steps, part, picks);
    }

    /// <summary>How many dims of a tensor an index stands for.</summary>
    private static int TakenDims(TensorIndex index) => index.Kind switch
    {
        TensorIndexKind.NewDim or TensorIndexKind.Ellipsis => 0,
        TensorIndexKind.Gather when index.Tensor!.dtype == DType.Bool => index.Tensor.ndim,
        _ => 1,
    };

    /// <summary>Throws unless x has the dims that the indices take.</summary>
    /// <returns>How many dims an ellipsis stands for.</returns>
    private static int RequireIndices(Tensor x, ReadOnlySpan<TensorIndex> indices)
    {
        var (consumed, ellipses) = (0, 0);
        foreach (var index in indices)
        {
            if (index is { Kind: TensorIndexKind.Gather, Tensor: null })
            {
                throw new ArgumentNullException(nameof(indices), "x[null]: a tensor used as an index is null.");
            }

            consumed += TakenDims(index);
            ellipses += index.Kind is TensorIndexKind.Ellipsis ? 1 : 0;
        }

        if (consumed > x.ndim || ellipses > 1)
        {
            var why = ellipses > 1 ? "only one index may be an ellipsis" : $"it has only {x.ndim} dims";
            throw new ShapeException($"x[{string.Join(", ", indices.ToArray())}] does not fit {x.Type}: {why}.");
        }

        return x.ndim - consumed;
    }

    /// <summary>
    /// A value that does not differ along the elements that a mask chooses, broadcast to the part; null for one that does.
    /// </summary>
    public static Tensor? OneForAll(Tensor part, int at, Tensor mask, Tensor value)
    {
        IndexedPlaces.RequireMaskOf(part, at, mask);
        var after = part.ndim - at - mask.ndim;
        if (value.ndim > after)
        {
            if (value.shape[value.ndim - after - 1] != 1)
            {
                return null;
            }

            var sizes = value.shape.AsSpan();
            value = reshape(
                value, [.. sizes[..(value.ndim - after - 1)], .. Enumerable.Repeat(1L, mask.ndim), .. sizes[(value.ndim - after)..]]);
        }

        return Shapes.Broadcast("x.at[mask]", value.shape, part.shape) == part.shape
            ? value
            : throw new ShapeException(
                $"x.at[mask]: the value {value.Type} does not broadcast to {part.shape}, the part that the mask chooses from.");
    }
}
