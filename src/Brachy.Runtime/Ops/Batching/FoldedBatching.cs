namespace Brachy.Extending;

// Batches of primitives that work on batches themselves.
public sealed partial class Batching
{
    /// <summary>A primitive for which dim 0 of all operands is a batch already: both become one.</summary>
    public static Batching Folded { get; } = Multi(x => FoldedBatching.Run(x, x.Settings));

    /// <summary>
    /// A primitive for which dim 0 of some operands and of all results is a batch already: both become one. Where others differ from sample
    /// to sample, it runs sample by sample.
    /// </summary>
    /// <param name="operands">The operands.</param>
    public static Batching FoldedOver(params int[] operands) => Either(
        x => Enumerable.Range(0, x.Count).All(i => !x.IsBatched(i) || operands.Contains(i)),
        Multi(x => FoldedBatching.Run(x, x.Settings, operands)), EachSample);

    /// <summary>One sample after the other, as without a rule.</summary>
    internal static Batching EachSample { get; } = new(SampleLoop.Run);
}

/// <summary>A batch that becomes one with that which a primitive works on.</summary>
internal static class FoldedBatching
{
    /// <summary>Uses the primitive once.</summary>
    /// <param name="x">The operands.</param>
    /// <param name="settings">The settings for both batches.</param>
    /// <param name="operands">The operands with a batch; null for all.</param>
    public static Tensor[] Run(BatchArgs x, Settings settings, int[]? operands = null)
    {
        var all = Enumerable.Range(0, x.Count).Select(
            i => (operands?.Contains(i) ?? !x.IsNumber(i)) ? Fold(x.Expanded(i)) : x[i]).ToArray();
        return [.. x.Primitive.BindUntyped(settings, all).Select(x.InShape)];
    }

    /// <summary>Results without elements, for kernels that take nothing empty.</summary>
    public static Tensor[] Empty(BatchArgs x) =>
        [.. x.Outputs.Select(type => F.zeros([x.Size, .. type.Shape], type.DType, type.Device))];

    /// <summary>[batch, N, C, …] as [N, batch · C, …].</summary>
    public static Tensor FoldSecond(Tensor batched) => F.reshape(
        F.movedim(batched, 0, 1), [batched.shape[1], batched.shape[0] * batched.shape[2], .. batched.shape.Skip(3)]);

    /// <summary>[N, batch · C, …] as [batch, N, C, …].</summary>
    public static Tensor UnfoldSecond(Tensor x, long size) =>
        F.movedim(F.reshape(x, [x.shape[0], size, x.shape[1] / size, .. x.shape.Skip(2)]), 1, 0);

    /// <summary>Makes one dim of the first two.</summary>
    public static Tensor Fold(Tensor batched) => F.reshape(batched, [batched.shape[0] * batched.shape[1], .. batched.shape.Skip(2)]);
}
