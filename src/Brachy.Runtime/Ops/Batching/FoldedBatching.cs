namespace Brachy.Extending;

// Batches of primitives that work on batches themselves.
public sealed partial class Batching
{
    /// <summary>A primitive for which dim 0 of all operands is a batch already: both become one.</summary>
    public static Batching Folded { get; } = FoldedOver();

    /// <summary>
    /// A primitive for which dim 0 of some operands and of all results is a batch already: both become one. Where others differ from sample
    /// to sample, it runs sample by sample.
    /// </summary>
    /// <param name="operands">The operands; none for all.</param>
    public static Batching FoldedOver(params int[] operands) => Multi(x =>
    {
        bool IsFolded(int i) => operands.Length == 0 ? !x.IsNumber(i) : Array.IndexOf(operands, i) >= 0;
        if (Enumerable.Range(0, x.Count).Any(i => x.IsBatched(i) && !IsFolded(i)))
        {
            return Array.ConvertAll(SampleLoop.Run(x), result => result.Value);
        }

        var all = Enumerable.Range(0, x.Count).Select(i => IsFolded(i) ? Fold(x.Expanded(i)) : x[i]).ToArray();
        var results = x.Primitive.BindUntyped(x.Settings, all);
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = x.InShape(results[i], i);
        }

        return results;
    });

    private static Tensor Fold(Tensor batched) =>
        F.reshape(batched, [batched.shape[0] * batched.shape[1], .. batched.shape.Skip(2)]);
}
