using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Batches of equations.</summary>
internal static class MatrixBatching
{
    /// <summary>
    /// Equations A X = B, with what is said of A after X: those of one A are one with more columns, so that it is factored once.
    /// </summary>
    public static Batching Equations { get; } = Batching.Either(x => x.IsBatched(0), BatchedFamilies.LastDims, Batching.Multi(x =>
    {
        var rows = x.Types[1].Rank - 1;
        var beside = movedim(x[1], 0, rows);
        var sizes = beside.shape.AsSpan();
        var results = x.Primitive.BindUntyped(x.Settings, x[0], reshape(beside, [.. sizes[..rows], sizes[rows] * sizes[rows + 1]]));
        results[0] = movedim(reshape(results[0], beside.shape), rows, 0);
        for (var i = 1; i < results.Length; i++)
        {
            results[i] = expand(results[i], [x.Size, .. results[i].shape]);
        }

        return results;
    }));
}
