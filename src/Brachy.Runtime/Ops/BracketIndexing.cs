namespace Brachy;

// What the brackets of x[…] and x.at[…] mean.
public static partial class F
{
    internal static Tensor index(Tensor x, ReadOnlySpan<TensorIndex> indices)
    {
        var (_, part, dims, tensors) = Views(x, indices);
        return tensors.Length == 0 ? part : TakeAt(part, dims, Array.ConvertAll(tensors, RequireNoMask));
    }

    /// <summary>x with a value in the place that the brackets read, or with the value added there.</summary>
    internal static Tensor index_set(Tensor x, ReadOnlySpan<TensorIndex> indices, Tensor value, bool add)
    {
        ArgumentNullException.ThrowIfNull(value);
        RequireHeld("x.at[…]", x, value);
        value = to(value, x.dtype);
        if (indices is [{ Kind: TensorIndexKind.Gather, Tensor: { dtype: DType.Bool } mask }])
        {
            return SetWhere(x, mask, value, add);
        }

        var (steps, part, dims, tensors) = Views(x, indices);
        if (tensors.Length > 0)
        {
            part = PutAt(part, dims, Array.ConvertAll(tensors, RequireNoMask), value, add);
        }
        else if (Shapes.Broadcast("x.at[…]", value.shape, part.shape) == part.shape)
        {
            part = add ? part + value : expand(value, part.shape);
        }
        else
        {
            throw new ShapeException($"x.at[{string.Join(", ", indices.ToArray())}]: the value {value.Type} does not broadcast to {part.shape}, the shape of the part.");
        }

        for (var i = steps.Count - 1; i >= 0; i--)
        {
            var (whole, index, dim) = steps[i];
            part = index.Kind switch
            {
                TensorIndexKind.Range when part.shape != whole.shape => slice_scatter(whole, part, dim, index.Start, index.Stop, index.Step),
                TensorIndexKind.Element => select_scatter(whole, part, dim, index.Start!.Value),
                TensorIndexKind.NewDim => reshape(part, whole.shape),
                _ => part,
            };
        }

        return part;
    }

    /// <summary>
    /// Applies the indices that are not tensors, one after the other: what each was applied to, and in which dim; what is left; and the tensors of
    /// indices with the dims of it that they stand for.
    /// </summary>
    private static (List<(Tensor Whole, TensorIndex Index, int Dim)> Steps, Tensor Part, int[] Dims, Tensor[] Tensors) Views(
        Tensor x, ReadOnlySpan<TensorIndex> indices)
    {
        var steps = new List<(Tensor, TensorIndex, int)>();
        var (dims, tensors) = (new List<int>(), new List<Tensor>());
        var (part, dim) = (x, 0);
        var skipped = RequireIndices(x, indices);
        foreach (var index in indices)
        {
            steps.Add((part, index, dim));
            switch (index.Kind)
            {
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
                    tensors.Add(index.Tensor ?? throw new ArgumentNullException(nameof(indices), "x[null]: a tensor used as an index is null."));
                    dims.Add(dim++);
                    break;
            }
        }

        return (steps, part, [.. dims], [.. tensors]);
    }

    /// <summary>Throws unless x has the dims that the indices take.</summary>
    /// <returns>How many dims an ellipsis stands for.</returns>
    private static int RequireIndices(Tensor x, ReadOnlySpan<TensorIndex> indices)
    {
        var (consumed, ellipses) = (0, 0);
        foreach (var index in indices)
        {
            consumed += index.Kind is TensorIndexKind.NewDim or TensorIndexKind.Ellipsis ? 0 : 1;
            ellipses += index.Kind is TensorIndexKind.Ellipsis ? 1 : 0;
        }

        if (consumed > x.ndim || ellipses > 1)
        {
            var why = ellipses > 1 ? "only one index may be an ellipsis" : $"it has only {x.ndim} dims";
            throw new ShapeException($"x[{string.Join(", ", indices.ToArray())}] does not fit {x.Type}: {why}.");
        }

        return x.ndim - consumed;
    }

    /// <summary>The value where a mask of the leading dims is true.</summary>
    private static Tensor SetWhere(Tensor x, Tensor mask, Tensor value, bool add)
    {
        var inner = x.ndim - mask.ndim;
        if (inner < 0 || !x.shape.AsSpan()[..mask.ndim].SequenceEqual(mask.shape.AsSpan()))
        {
            throw new ShapeException($"x.at[mask]: the mask {mask.Type} must have the leading dims of x {x.Type}.");
        }

        Shape left = x.shape.AsSpan()[mask.ndim..].ToArray();
        if (value.ndim > inner || Shapes.Broadcast("x.at[mask]", value.shape, left) != left)
        {
            throw new ShapeException($"x.at[mask]: the value {value.Type} does not broadcast to {left}, the dims that the mask leaves; F.where takes a value for each element.");
        }

        return where(reshape(mask, [.. mask.shape, .. Enumerable.Repeat(1L, inner)]), add ? x + value : value, x);
    }

    private static Tensor RequireNoMask(Tensor indices) => indices.dtype == DType.Bool
        ? throw new DTypeException($"x[mask]: the shape of the result would depend on the values of {indices.Type}; use F.where or F.masked_fill.")
        : indices;
}
