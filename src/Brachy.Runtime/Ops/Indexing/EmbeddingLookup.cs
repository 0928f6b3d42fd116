using Brachy.Extending;
using Brachy.Native;
using TorchSharp;

namespace Brachy;

/// <summary>The number of rows, and the one that gets no gradient; -1 for none.</summary>
internal sealed record EmbeddingBackwardSettings(long Rows, long PaddingIdx) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("rows", Rows), ("padding_idx", PaddingIdx)];
}

/// <summary>The number of classes.</summary>
internal sealed record OneHotSettings(long NumClasses) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("num_classes", NumClasses)];
}

// Rows of a table, and one-hot vectors.
public static partial class F
{
    /// <summary>The rows of a table that the indices name. Shape: that of the indices, then the row length.</summary>
    /// <param name="weight">The table: rows × row length.</param>
    /// <param name="indices">int64 or int32 row numbers, any shape.</param>
    /// <param name="padding_idx">A row that gets no gradient; negative numbers count from the end. None by default.</param>
    /// <exception cref="ShapeException">The table has not two dims, or padding_idx is no row.</exception>
    /// <exception cref="DTypeException">The indices are neither int64 nor int32.</exception>
    /// <exception cref="NativeOpException">An index is no row.</exception>
    public static Tensor embedding(Tensor weight, Tensor indices, long? padding_idx = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(indices);
        indices = indices.Number is { Kind: ScalarKind.Integer } number ? full(Shape.Scalar, number, DType.Int64) : indices;
        var rows = weight.ndim > 0 ? weight.shape[0] : 0;
        if (padding_idx is { } given && (given < -rows || given >= rows))
        {
            throw new ShapeException($"embedding: padding_idx {given} is no row of the table {weight.Type}; use {-rows} to {rows - 1}.");
        }

        // libtorch takes -1 for none.
        var padding = padding_idx is { } index ? (index < 0 ? index + rows : index) : -1;
        return Embedding.Bind(new EmbeddingSettings(padding), weight, indices);
    }

    internal static readonly Primitive<EmbeddingSettings> Embedding = new("embedding")
    {
        Abstract = x =>
        {
            Shapes.RequireRank(x, 0, "weight", 2);
            IndexOperands.RequireIndex(x, 1, "indices", allowInt32: true);
            return new TensorType([.. x[1].Shape, x[0].Shape[1]], x[0].DType, x.Device);
        },
        Eager = x =>
        {
            var rows = x.Temporary(x[0].index_select(0, x.Temporary(x[1].reshape(-1))));
            return rows.reshape([.. x.Types[1].Shape, x.Types[0].Shape[1]]);
        },
        Script = x => $"torch.embedding({x[0]}, {x[1]}, {x.Settings.PaddingIdx})",
        Vjp = Vjp.Rule<EmbeddingSettings>((g, y, x) => [embedding_dense_backward(g, x[1], x[0].shape[0], x.Settings.PaddingIdx), null]),
        Jvp = Jvp.Linear(0),

        // Of the table only the rows that are named are read.
        Cost = x => Cost.OfTraffic(x.Outputs[0], x[1], x.Outputs[0]),
        Batching = TableBatching.Rows,
    };

    /// <summary>Sums the gradients of equal rows of a table.</summary>
    internal static Tensor embedding_dense_backward(Tensor g, Tensor indices, long rows, long padding) =>
        EmbeddingDenseBackward.Bind(new EmbeddingBackwardSettings(rows, padding), g, indices);

    internal static readonly Primitive<EmbeddingBackwardSettings> EmbeddingDenseBackward = new("embedding_dense_backward")
    {
        Abstract = x =>
        {
            IndexOperands.RequireIndex(x, 1, "indices", allowInt32: true);
            Shapes.RequireFloat(x, 0, "the gradient");
            if (x[0].Rank != x[1].Rank + 1 || !x[0].Shape.AsSpan()[..^1].SequenceEqual(x[1].Shape.AsSpan()))
            {
                throw new ShapeException(
                    $"embedding_dense_backward: the gradient {x[0]} must have the shape of the indices {x[1]} and one more dim.");
            }

            return new TensorType([x.Settings.Rows, x[0].Shape[^1]], x[0].DType, x.Device);
        },
        Eager = x =>
        {
            var (rows, width) = (x.Settings.Rows, x.Types[0].Shape[^1]);
            var index = ScatteredOperands.LongIndex(x, x.Temporary(x[1].reshape(-1)));
            var source = x.Temporary(x[0].reshape(x.Types[1].Shape.NumElements, width));
            if (x.Settings.PaddingIdx >= 0)
            {
                var isPadding = x.Temporary(x.Temporary(index.eq(NativeNumber.Of(x.Settings.PaddingIdx))).unsqueeze(1));
                source = x.Temporary(source.masked_fill(isPadding, NativeNumber.Of(0)));
            }

            var zeros = x.Temporary(torch.zeros([rows, width], dtype: source.dtype, device: source.device));
            return zeros.index_add(0, index, source, NativeNumber.Of(1));
        },
        Script = x => $"torch.embedding_dense_backward({x[0]}, {x[1]}, {x.Settings.Rows}, {x.Settings.PaddingIdx}, False)",
        Vjp = Vjp.Rule<EmbeddingBackwardSettings>((g, y, x) =>
        {
            var rows = Embedding.Bind(new EmbeddingSettings(x.Settings.PaddingIdx), g, x[1]);
            return [x.Settings.PaddingIdx < 0 ? rows : masked_fill(rows, unsqueeze(eq(x[1], x.Settings.PaddingIdx), -1), 0), null];
        }),
        Jvp = Jvp.Linear(0),
        Batching = TableBatching.Gradient,
    };

    /// <summary>Vectors that are 1 at the index and 0 elsewhere; int64. Shape: that of the indices, then the number of classes.</summary>
    /// <param name="indices">int64 class numbers, any shape.</param>
    /// <param name="num_classes">The number of classes.</param>
    /// <exception cref="ShapeException">The number of classes is not positive.</exception>
    /// <exception cref="DTypeException">The indices are not int64.</exception>
    /// <exception cref="NativeOpException">An index is no class.</exception>
    public static Tensor one_hot(Tensor indices, long num_classes) => OneHot.Bind(new OneHotSettings(num_classes), indices);

    internal static readonly Primitive<OneHotSettings> OneHot = new("one_hot")
    {
        Abstract = x =>
        {
            IndexOperands.RequireIndex(x, 0, "indices");
            return x.Settings.NumClasses > 0
                ? x[0].WithShape([.. x[0].Shape, x.Settings.NumClasses])
                : throw new ShapeException($"one_hot: the number of classes must be positive, but is {x.Settings.NumClasses}.");
        },
        Eager = x => torch.nn.functional.one_hot(x[0], x.Settings.NumClasses),
        Script = x => $"torch.one_hot({x[0]}, {x.Settings.NumClasses})",
        Batching = BatchedFamilies.LastDims,
        Vjp = Vjp.Zero("its results are integers"),
    };
}
