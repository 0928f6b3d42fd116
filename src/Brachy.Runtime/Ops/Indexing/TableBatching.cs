using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Batches of tables and their rows. What all samples share is not repeated, and no index reaches into another sample.</summary>
internal static class TableBatching
{
    /// <summary>Those of <see cref="F.Embedding"/>.</summary>
    public static Batching<EmbeddingSettings> Rows { get; } = Batching.Either(
        x => x.IsBatched(0) && x.IsBatched(1) && ((EmbeddingSettings)x.Settings).PaddingIdx >= 0,

        // The row without a gradient is another one for each sample.
        Batching.EachSample,
        Batching.Rule<EmbeddingSettings>(x =>
        {
            if (!x.IsBatched(0))
            {
                return F.Embedding.Bind(x.Settings, x[0], x[1]);
            }

            if (!x.IsBatched(1))
            {
                return x.Settings.PaddingIdx < 0
                    ? x.InShape(index_select(x[0], 1, reshape(x[1], x[1].numel())), 0)
                    : Apart(F.Embedding.Bind(x.Settings, Columns(x[0], 2), x[1]), x.Size);
            }

            long count = x.Types[1].Shape.NumElements, width = x.Types[0].Shape[1];
            return x.InShape(gather(
                x[0], 1, expand(reshape(x[1].to(DType.Int64), x.Size, count, 1), x.Size, count, width)), 0);
        }).Untyped);

    /// <summary>Those of <see cref="F.EmbeddingDenseBackward"/>.</summary>
    public static Batching<EmbeddingBackwardSettings> Gradient { get; } = Batching.Rule<EmbeddingBackwardSettings>(x =>
    {
        if (!x.IsBatched(1))
        {
            return Apart(F.EmbeddingDenseBackward.Bind(x.Settings, Columns(x[0], x[0].ndim - 1), x[1]), x.Size);
        }

        var (rows, padding) = (x.Settings.Rows, x.Settings.PaddingIdx);
        var g = x.Expanded(0);
        g = padding < 0 ? g : masked_fill(g, unsqueeze(eq(x[1], padding), -1), 0);
        return x.InShape(embedding_dense_backward(g, OwnNumbers(x[1], rows), x.Size * rows, -1), 0);
    });

    /// <summary>Those of <see cref="F.BagMax"/>.</summary>
    public static Batching<BagMaxSettings> BagMax { get; } = Batching.Rule<BagMaxSettings>(x => x.IsBatched(1)
        ? x.InShape(F.BagMax.Bind(
            new BagMaxSettings(x.Size * x.Settings.Bags), FoldedBatching.Fold(x.Expanded(0)),
            FoldedBatching.Fold(OwnNumbers(x[1], x.Settings.Bags))), 0)
        : Apart(F.BagMax.Bind(x.Settings, Columns(x[0], 2), x[1]), x.Size));

    /// <summary>Those of <see cref="F.BagNumbers"/>: the bags of all samples lie one after the other.</summary>
    public static Batching<BagNumbersSettings> BagNumbers { get; } = Batching.Rule<BagNumbersSettings>(x =>
    {
        if (x.Size == 0)
        {
            return FoldedBatching.Empty(x)[0];
        }

        // An offset that does not begin or end its own sample falls below the one before it, which the kernel refuses.
        var (offsets, count, bags) = (x[0], x.Settings.Count, x.Types[0].Shape[0]);
        var place = arange(bags, device: offsets.device);
        var isWrong = logical_and(eq(place, 0), ne(offsets, 0));
        isWrong = x.Settings.IncludesEnd ? logical_or(isWrong, logical_and(eq(place, bags - 1), ne(offsets, count))) : isWrong;
        var sample = reshape(arange(x.Size, device: offsets.device), x.Size, 1);
        var joined = where(isWrong, -1, offsets + (sample * count));
        var numbers = F.BagNumbers.Bind(x.Settings with { Count = x.Size * count }, reshape(joined, x.Size * bags));
        return reshape(numbers, x.Size, count) - (sample * bags);
    });

    /// <summary>[batch, …, D] as […, batch · D].</summary>
    private static Tensor Columns(Tensor x, int last)
    {
        var moved = movedim(x, 0, last - 1);
        return reshape(moved, [.. moved.shape.Take(moved.ndim - 2), moved.shape[^1] * moved.shape[^2]]);
    }

    /// <summary>[…, batch · D] as [batch, …, D].</summary>
    private static Tensor Apart(Tensor x, long size) => movedim(
        reshape(x, [.. x.shape.Take(x.ndim - 1), size, size == 0 ? 0 : x.shape[^1] / size]), -2, 0);

    /// <summary>Numbers of each sample among those of all; -1 for one that is none of its own.</summary>
    private static Tensor OwnNumbers(Tensor numbers, long count)
    {
        var wide = numbers.to(DType.Int64);
        var sample = reshape(
            arange(wide.shape[0], device: wide.device), [wide.shape[0], .. Enumerable.Repeat(1L, wide.ndim - 1)]);
        return where(logical_and(ge(wide, 0), lt(wide, count)), wide + (sample * count), -1);
    }
}
