using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>
/// Batches of norms. Statistics are taken over other dims than the batch, so that the kernels see more rows, samples or channels; params of
/// each sample are applied to what has none, where a kernel takes only one for all.
/// </summary>
internal static class NormBatching
{
    /// <summary>Those of a norm over the last dims: the result comes first, statistics follow.</summary>
    public static Batching<LayerNormSettings> LastDims { get; } = Batching.Mixed<LayerNormSettings>(x => Norm(
        x, isFolded: false, i => x.Aligned(i, x.Types[0].Rank)));

    /// <summary>Those of <see cref="F.GroupNorm"/>.</summary>
    public static Batching<GroupNormSettings> Groups { get; } = Batching.Mixed<GroupNormSettings>(x => Norm(
        x, isFolded: true, i => reshape(
            x[i], [x.IsBatched(i) ? x.Size : 1, 1, x.Types[i].Shape[0], .. Enumerable.Repeat(1L, x.Types[0].Rank - 2)])));

    /// <summary>Those of the gradients of a norm: that by the input natively where all samples share the weight.</summary>
    /// <param name="weight">The weight's position.</param>
    /// <param name="view">How to see the operands of one sample.</param>
    /// <param name="isFolded">Whether the batch becomes one with dim 0 for the kernel.</param>
    /// <typeparam name="TSettings">The settings.</typeparam>
    public static Batching<TSettings> Backward<TSettings>(int weight, Func<BatchArgs<TSettings>, NormView> view, bool isFolded)
        where TSettings : NormGradientSettings =>
        Batching.Multi<TSettings>(x =>
        {
            if (x.Size == 0)
            {
                return FoldedBatching.Empty(x);
            }

            var hasWeight = x.Count > weight;
            Tensor? ofInput = null;
            if (x.Settings.Needs.Contains(0) && !(hasWeight && x.IsBatched(weight)))
            {
                var operands = Enumerable.Range(0, weight).Select(x.Expanded).Select(t => isFolded ? FoldedBatching.Fold(t) : t);
                ofInput = x.Primitive.BindUntyped(
                    x.Settings with { Needs = [0] }, [.. operands, .. hasWeight ? [x[weight]] : (Tensor[])[]])[0];
            }

            var sample = view(x);
            NormView all = new(
                [x.Size, .. sample.Input], [x.Size, .. sample.Statistics], [x.Size, .. sample.Params], [.. sample.Dims.Select(d => d + 1)]);
            var others = x.Settings.Needs.Where(kind => kind != 0 || ofInput is null).ToArray();
            var next = 0;
            var inSteps = NormGradients.InSteps(
                others, x.Expanded(0), x.Expanded(1), all, weight == 4 ? x.Expanded(2) : null, x.Expanded(weight - 1),
                hasWeight ? x.Expanded(weight) : null);
            return [.. x.Settings.Needs.Select((kind, i) => x.InShape(kind == 0 && ofInput is not null ? ofInput : inSteps[next++], i))];
        });

    /// <summary>Those of batch norms and their gradients: each sample has its own channels.</summary>
    /// <param name="images">The operands that are [N, C, …]; the others are [C].</param>
    public static Batching Channels(params int[] images) => Batching.Multi(x =>
    {
        if (x.Size == 0)
        {
            return FoldedBatching.Empty(x);
        }

        var operands = Enumerable.Range(0, x.Count).Select(
            i => images.Contains(i) ? FoldedBatching.FoldSecond(x.Expanded(i)) : FoldedBatching.Fold(x.Expanded(i)));
        var results = x.Primitive.BindUntyped(x.Settings, [.. operands]);
        return [.. results.Select((y, i) => x.Outputs[i].Rank > 1 ? FoldedBatching.UnfoldSecond(y, x.Size) : x.InShape(y, i))];
    });

    private static BatchedTensor[] Norm(BatchArgs x, bool isFolded, Func<int, Tensor> paramOf)
    {
        var isPlain = !Enumerable.Range(1, x.Count - 1).Any(x.IsBatched);
        var dtype = x.Outputs[1].DType;
        var input = isFolded && x.IsBatched(0) ? FoldedBatching.Fold(x[0]) : x[0];
        var results = x.Primitive.BindUntyped(
            x.Settings, isPlain ? [input, .. Enumerable.Range(1, x.Count - 1).Select(i => x[i])] : [input.to(dtype)]);
        BatchedTensor[] all = [.. results.Select((y, i) => new BatchedTensor(x.IsBatched(0) ? x.InShape(y, i) : y, x.IsBatched(0)))];
        if (x.Types[0].Shape.NumElements == 0)
        {
            // What is empty depends on nothing, as for one sample.
            all[0] = new(FoldedBatching.Empty(x)[0], true);
        }
        else if (!isPlain)
        {
            var y = all[0].Value * paramOf(1);
            all[0] = new(x.InShape((x.Count > 2 ? y + paramOf(2) : y).to(x.Outputs[0].DType), 0), true);
        }

        return all;
    }
}
