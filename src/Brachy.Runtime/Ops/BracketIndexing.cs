namespace Brachy;

// What the brackets of x[…] mean.
public static partial class F
{
    internal static Tensor index(Tensor x, ReadOnlySpan<TensorIndex> indices)
    {
        var (consumed, ellipses, tensors) = (0, 0, 0);
        foreach (var index in indices)
        {
            consumed += index.Kind is TensorIndexKind.NewDim or TensorIndexKind.Ellipsis ? 0 : 1;
            ellipses += index.Kind is TensorIndexKind.Ellipsis ? 1 : 0;
            tensors += index.Kind is TensorIndexKind.Gather ? 1 : 0;
        }

        if (consumed > x.ndim || ellipses > 1 || tensors > 1)
        {
            var why = ellipses > 1 ? "only one index may be an ellipsis"
                : tensors > 1 ? "only one index may be a tensor; use F.gather or index_select on one dim after the other"
                : $"it has only {x.ndim} dims";
            throw new ShapeException($"x[{string.Join(", ", indices.ToArray())}] does not fit {x.Type}: {why}.");
        }

        var (result, dim) = (x, 0);
        foreach (var index in indices)
        {
            switch (index.Kind)
            {
                case TensorIndexKind.Range:
                    result = slice(result, dim++, index.Start, index.Stop, index.Step);
                    break;
                case TensorIndexKind.Element:
                    result = select(result, dim, index.Start!.Value);
                    break;
                case TensorIndexKind.NewDim:
                    result = unsqueeze(result, dim++);
                    break;
                case TensorIndexKind.Ellipsis:
                    dim += x.ndim - consumed;
                    break;
                default:
                    result = Take(result, dim, index.Tensor!);
                    dim += index.Tensor!.ndim;
                    break;
            }
        }

        return result;
    }

    /// <summary>Replaces a dim by the dims of a tensor of indices.</summary>
    private static Tensor Take(Tensor x, int dim, Tensor indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        if (indices.dtype == DType.Bool)
        {
            throw new DTypeException($"x[mask]: the shape of the result would depend on the values of {indices.Type}; use F.where or F.masked_fill.");
        }

        var taken = index_select(x, dim, reshape(indices, -1));
        return indices.ndim == 1 ? taken : unflatten(taken, dim, indices.shape);
    }
}
