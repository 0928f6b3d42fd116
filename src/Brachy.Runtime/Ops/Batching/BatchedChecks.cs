using Brachy.Extending;

namespace Brachy;

/// <summary>Conditions of one sample, as conditions of a batch.</summary>
internal static class BatchedChecks
{
    /// <summary>The condition of the first sample for which it does not hold.</summary>
    /// <param name="check">The condition of one sample.</param>
    /// <param name="values">Its values.</param>
    /// <param name="context">The batch, which is not empty.</param>
    public static PendingCheck FirstOf(PendingCheck check, BatchedTensor[] values, BatchContext context)
    {
        if (!Array.Exists(values, value => value.IsBatched))
        {
            return check.With(Array.ConvertAll(values, value => value.Value));
        }

        var all = Array.ConvertAll(
            values, value => value.IsBatched ? value.Value : F.expand(F.reshape(value.Value, [1]), [context.Size]));
        var numbers = F.arange(context.Size, device: all[0].device);
        var failing = F.where(all[0] >= 0, numbers, context.Size - 1).min();
        Tensor[] first = Array.ConvertAll(all, value => F.reshape(F.index_select(value, 0, F.reshape(failing, [1])), []));
        var number = context.First is { } offset ? failing + offset : failing;
        var position = F.where(first[0] >= 0, (number * check.Type.Shape.NumElements) + first[0], -1);
        return check.OfBatch(context.Whole ?? context.Size, [position, .. first[1..]]);
    }
}
