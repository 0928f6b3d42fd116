using Brachy.Extending;
using static Brachy.F;
using static Brachy.Extending.FoldedBatching;

namespace Brachy;

/// <summary>
/// Batches of the negative log likelihood: the kernel gives the loss of each row of all samples, and what is made of those is made for each
/// sample. With weights of classes, which may all be 0, it is computed in single steps.
/// </summary>
internal static class NllBatching
{
    /// <summary>Those of the loss, whose operands are log probabilities and target.</summary>
    /// <param name="inSteps">The loss in single steps.</param>
    public static Batching Loss(Func<VjpArgs<NllSettings>, Tensor[]> inSteps) =>
        Batching.Either(x => x.Count == 2 && HasElements(x, 0), Batching.Multi<NllSettings>(Losses).Untyped,
            Batching.Decompose(inSteps).Untyped);

    /// <summary>Those of the gradient, whose operands are the loss's gradient, log probabilities, target and total weight.</summary>
    /// <param name="inSteps">The gradient in single steps.</param>
    public static Batching Gradient(Func<VjpArgs<NllSettings>, Tensor[]> inSteps) =>
        Batching.Either(x => x.Count == 4 && HasElements(x, 1), Batching.Multi<NllSettings>(Gradients).Untyped,
            Batching.Decompose(inSteps).Untyped);

    private static bool HasElements(BatchArgs x, int logProbs) => x.Size > 0 && x.Types[logProbs].Shape.NumElements > 0;

    private static Tensor[] Losses(BatchArgs<NllSettings> x)
    {
        var settings = x.Settings with { Reduction = Reduction.None };
        var losses = reshape(
            NllLossForward.BindAll(settings, Fold(x.Expanded(0)), Fold(x.Expanded(1)))[0], [x.Size, .. x.Types[1].Shape]);
        if (x.Settings.Reduction == Reduction.None)
        {
            return [losses, zeros([x.Size], losses.dtype, losses.device)];
        }

        // One number where all samples have one target.
        var counts = ne(x[1], x.Settings.IgnoreIndex).to(losses.dtype);
        var total = x.IsBatched(1) ? sum(counts, DimsOf(counts), false) : sum(counts);
        var loss = sum(losses, DimsOf(losses), false);
        return [x.Settings.Reduction == Reduction.Sum ? loss : loss / total, expand(total, [x.Size])];
    }

    private static Tensor[] Gradients(BatchArgs<NllSettings> x)
    {
        var scale = x.Settings.Reduction switch
        {
            Reduction.None => x.Expanded(0),
            Reduction.Sum => OfRows(x, x[0]),
            _ => OfRows(x, x[0] / x[3]),
        };
        var gradient = NllLossBackward.Bind(
            x.Settings with { Reduction = Reduction.None }, Fold(scale), Fold(x.Expanded(1)), Fold(x.Expanded(2)),
            zeros([], scale.dtype, scale.device));
        return [reshape(gradient, [x.Size, .. x.Types[1].Shape])];
    }

    /// <summary>A number for each sample, or one for all, as that of each row.</summary>
    private static Tensor OfRows(BatchArgs<NllSettings> x, Tensor scale)
    {
        var rows = x.Types[2].Shape;
        var aligned = scale.ndim == 0 ? scale : reshape(scale, [x.Size, .. rows.Select(_ => 1L)]);
        return expand(aligned, [x.Size, .. rows]);
    }

    private static long[] DimsOf(Tensor batched) => [.. Enumerable.Range(1, batched.ndim - 1).Select(dim => (long)dim)];
}
