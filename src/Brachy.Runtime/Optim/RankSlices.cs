namespace Brachy.Optim;

/// <summary>
/// Tensors cut into one slice of the same length for each rank: flat, and filled up with zeros at the end. While an optimizer works on
/// slices, what it asks of all gradients together is combined over the ranks.
/// </summary>
internal static class RankSlices
{
    [ThreadStatic]
    private static int s_users;

    /// <summary>Whether the gradients that are looked at are slices.</summary>
    public static bool AreInUse => s_users > 0;

    /// <summary>Runs what works on slices.</summary>
    public static T Use<T>(Func<T> function)
    {
        s_users++;
        try
        {
            return function();
        }
        finally
        {
            s_users--;
        }
    }

    /// <summary>Runs what works on whole tensors inside of such code.</summary>
    public static T Suspend<T>(Func<T> function)
    {
        var users = s_users;
        s_users = 0;
        try
        {
            return function();
        }
        finally
        {
            s_users = users;
        }
    }

    /// <summary>The length of the slices of a tensor.</summary>
    public static long LengthOf(Shape shape) => (shape.NumElements + Rank.Count - 1) / Rank.Count;

    /// <summary>The slice of this rank.</summary>
    public static Tensor Own(Tensor whole) =>
        F.squeeze(F.index_select(All(whole), 0, F.reshape(F.axis_index(Rank.Axis), [1]).to(whole.device)), 0);

    /// <summary>The slice of this rank of the mean over all ranks.</summary>
    public static Tensor OwnOfMean(Tensor whole)
    {
        // A sum of halves might overflow.
        var isHalf = whole.dtype == DType.Float16;
        var sum = F.psum_scatter(All(isHalf && Rank.Count > 1 ? whole / Rank.Count : whole), Rank.Axis);
        return isHalf || Rank.Count == 1 ? sum : sum / Rank.Count;
    }

    /// <summary>The tensor whose slices the ranks have.</summary>
    /// <param name="slice">That of this rank.</param>
    /// <param name="shape">The shape of the whole.</param>
    public static Tensor Whole(Tensor slice, Shape shape)
    {
        var flat = F.reshape(F.all_gather(slice, Rank.Axis), [slice.numel() * Rank.Count]);
        return F.reshape(F.narrow(flat, 0, 0, shape.NumElements), [.. shape]);
    }

    /// <summary>The slices of all ranks, one in each row.</summary>
    private static Tensor All(Tensor whole)
    {
        var (count, length) = (whole.numel(), LengthOf(whole.shape));
        var flat = F.reshape(whole, [count]);
        var missing = (length * Rank.Count) - count;
        var filled = missing == 0 ? flat : F.cat([flat, F.zeros([missing], whole.dtype, whole.device)]);
        return F.reshape(filled, [Rank.Count, length]);
    }
}
