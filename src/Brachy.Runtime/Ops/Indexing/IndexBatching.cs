using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>
/// Batches of functions of indices. Where all samples share what is read, it is not repeated: their indices lie side by side. A sample's
/// own part is named by its number, and never by an offset, so that an index outside of it is found.
/// </summary>
internal static class IndexBatching
{
    /// <summary>One element for each index.</summary>
    public static Batching Gather { get; } = Batching.Either(
        x => x.IsBatched(0), BatchedFamilies.Dim.Untyped, Batching.Rule<DimSettings>(x =>
        {
            if (x.Types[0].Rank == 0)
            {
                return gather(reshape(x[0], 1), 0, x[1]);
            }

            var dim = Shapes.NormalizeDim(x.Primitive.Name, x.Settings.Dim, x.Types[0].Rank);
            return Apart(gather(x[0], dim, SideBySide(x[1], dim)), dim, x.Outputs[0].Shape, x.Size);
        }).Untyped);

    /// <summary>Slices that one dim of indices names.</summary>
    public static Batching<DimSettings> IndexSelect { get; } = Batching.Rule<DimSettings>(x =>
    {
        var dim = Shapes.NormalizeDim(x.Primitive.Name, x.Settings.Dim, x.Types[0].Rank);
        return !x.IsBatched(1) ? index_select(x[0], dim + 1, x[1])
            : !x.IsBatched(0) ? Apart(index_select(x[0], dim, SideBySide(x[1], 0)), dim, x.Outputs[0].Shape, x.Size)
            : gather(x[0], dim + 1, ForSlices(x, x.Outputs[0].Shape, dim));
    });

    /// <summary>Slices added to those that one dim of indices names.</summary>
    public static Batching<DimSettings> IndexAdd { get; } = Batching.Rule<DimSettings>(x =>
    {
        var dim = Shapes.NormalizeDim(x.Primitive.Name, x.Settings.Dim, x.Types[0].Rank);
        return x.IsBatched(1)
            ? scatter_add(x.Expanded(0), dim + 1, ForSlices(x, x.Types[2].Shape, dim), x.Expanded(2))
            : index_add(x.Expanded(0), dim + 1, x[1], x.Expanded(2));
    });

    /// <summary>Places that several indices name together.</summary>
    public static Batching Index { get; } = Batching.Rule(x =>
        F.Index.Bind([x[0], .. x.IsBatched(0) ? [Numbers(x, 1)] : Array.Empty<Tensor>(), .. Indices(x, 1)]));

    /// <summary>Values put into places that several indices name together.</summary>
    public static Batching<IndexPutSettings> IndexPut { get; } = Batching.Rule<IndexPutSettings>(x =>
    {
        var part = Rank(x, 2) + x.Types[0].Rank - (x.Count - 2);
        return F.IndexPut.Bind(x.Settings, [x.Expanded(0), x.Aligned(1, part), Numbers(x, 2), .. Indices(x, 2)]);
    });

    /// <summary>The batch in front of a dim, as one with it.</summary>
    private static Tensor SideBySide(Tensor batched, int dim)
    {
        var moved = movedim(batched, 0, dim);
        var sizes = moved.shape.AsSpan();
        return reshape(moved, [.. sizes[..dim], sizes[dim] * sizes[dim + 1], .. sizes[(dim + 2)..]]);
    }

    /// <summary>The batch first, out of a dim that holds it and another.</summary>
    private static Tensor Apart(Tensor joined, int dim, Shape sample, long size) =>
        movedim(reshape(joined, [.. sample.AsSpan()[..dim], size, .. sample.AsSpan()[dim..]]), dim, 0);

    /// <summary>One index of each sample for each element of its slices.</summary>
    private static Tensor ForSlices(BatchArgs x, Shape slices, int dim)
    {
        var sizes = Enumerable.Repeat(1L, slices.Rank + 1).ToArray();
        (sizes[0], sizes[dim + 1]) = (x.Size, slices[dim]);
        return expand(reshape(to(x[1], DType.Int64), (Shape)sizes), [x.Size, .. slices]);
    }

    private static int Rank(BatchArgs x, int first) => x.Types.Skip(first).Max(type => type.Rank);

    private static IEnumerable<Tensor> Indices(BatchArgs x, int first)
    {
        var rank = Rank(x, first);
        return Enumerable.Range(first, x.Count - first).Select(i => x.Aligned(i, rank));
    }

    /// <summary>The number of each sample, an index that stands before the others.</summary>
    private static Tensor Numbers(BatchArgs x, int first) =>
        reshape(arange(x.Size, device: x[0].device), [x.Size, .. Enumerable.Repeat(1L, Rank(x, first))]);
}
