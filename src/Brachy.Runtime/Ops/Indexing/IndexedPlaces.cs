using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Elements at the places that tensors of indices name together.</summary>
internal static class IndexedPlaces
{
    /// <summary>Tensors of indices, one for each dim: those of a mask are the places where it is true.</summary>
    public static (int[] Dims, Tensor[] Tensors) Of(Tensor part, List<(int Dim, Tensor Indices)> picks)
    {
        var (dims, tensors) = (new List<int>(), new List<Tensor>());
        foreach (var (dim, indices) in picks)
        {
            if (indices.dtype != DType.Bool)
            {
                dims.Add(dim);
                tensors.Add(indices);
                continue;
            }

            RequireMaskOf(part, dim, indices);
            var count = indices.ReadSize(
                "x[mask]",
                "Use F.masked_select(x, mask, size: n) to read, F.where(mask, value, x) or F.masked_scatter(x, mask, values) to write, "
                + "F.nonzero(mask, size: n) for the places",
                v => count_nonzero(v));
            var places = nonzero_static(indices, count);
            for (var d = 0; d < indices.ndim; d++)
            {
                dims.Add(dim + d);
                tensors.Add(select(places, 1, d));
            }
        }

        return ([.. dims], [.. tensors]);
    }

    public static void RequireMaskOf(Tensor part, int at, Tensor mask)
    {
        if (!part.shape.AsSpan().Slice(at, mask.ndim).SequenceEqual(mask.shape.AsSpan()))
        {
            throw new ShapeException($"x[mask]: the mask is {mask.Type}, but the dims from {at} on that it stands for have sizes "
                + $"{(Shape)part.shape.AsSpan().Slice(at, mask.ndim).ToArray()}.");
        }
    }

    /// <summary>The elements that tensors of indices name in the given dims; see <see cref="F.index_put"/>.</summary>
    public static Tensor TakeAt(Tensor x, int[] dims, Tensor[] indices)
    {
        indices = Array.ConvertAll(indices, IndexOperands.LongIndex);
        var y = F.Index.Bind([permute(x, FirstDims(x.ndim, dims)), .. indices]);
        return permute(y, Permutation.Inverse(IndexedFirst(y.ndim, dims, indices)));
    }

    /// <summary>x with values in the places that tensors of indices name in the given dims.</summary>
    public static Tensor PutAt(Tensor x, int[] dims, Tensor[] indices, Tensor values, bool accumulate)
    {
        indices = Array.ConvertAll(indices, IndexOperands.LongIndex);
        if (indices.Length == 0)
        {
            throw new ShapeException("index_put: there is no index; give at least one tensor.");
        }

        var order = FirstDims(x.ndim, dims);
        var rank = x.ndim - dims.Length + indices.Max(i => i.ndim);
        var first = IndexedFirst(rank, dims, indices);
        if (!Permutation.IsInOrder(first) && values.ndim > 0)
        {
            if (values.ndim > rank)
            {
                throw new ShapeException($"index_put: values {values.Type} have more dims than the part of {x.Type}, which has {rank}.");
            }

            values = permute(reshape(values, [.. Enumerable.Repeat(1L, rank - values.ndim), .. values.shape]), first);
        }

        return permute(PutFirst(permute(x, order), indices, values, accumulate), Permutation.Inverse(order));
    }

    public static Tensor PutFirst(Tensor x, Tensor[] indices, Tensor values, bool accumulate) =>
        IndexPut.Bind(new IndexPutSettings(accumulate), [x, values, .. indices]);

    /// <summary>Some dims, then the others in their order.</summary>
    private static long[] FirstDims(int rank, int[] dims) =>
        [.. dims.Select(d => (long)d), .. Enumerable.Range(0, rank).Except(dims).Select(d => (long)d)];

    /// <summary>The order of the dims of a part that puts the dims of the indices first.</summary>
    private static long[] IndexedFirst(int rank, int[] dims, Tensor[] indices)
    {
        var areTogether = dims[^1] - dims[0] == dims.Length - 1;
        var count = indices.Max(i => i.ndim);
        return FirstDims(rank, [.. Enumerable.Range(areTogether ? dims[0] : 0, count)]);
    }
}
