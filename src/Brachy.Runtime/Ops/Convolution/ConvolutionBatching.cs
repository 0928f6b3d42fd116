using Brachy.Extending;
using static Brachy.ConvolutionRules;
using static Brachy.F;

namespace Brachy;

/// <summary>
/// Batches of convolutions are one convolution: where all share the weight, the samples are more images; where each has its own, they are
/// more groups of channels.
/// </summary>
internal static class ConvolutionBatching
{
    /// <summary>Those of <see cref="F.Convolution"/>.</summary>
    public static Batching<ConvolutionSettings> Convolution { get; } = Batching.Rule<ConvolutionSettings>(x =>
    {
        var bias = x.Count > 2 ? 2 : (int?)null;
        if (x.Size == 0)
        {
            return FoldedBatching.Empty(x)[0];
        }

        if (x.IsBatched(1))
        {
            // Without groups one input meets the kernels of all samples as it is.
            var isShared = !x.IsBatched(0) && x.Settings.Groups == 1;
            var weight = !isShared || !x.Settings.Transposed ? FoldedBatching.Fold(x[1]) : FoldedBatching.FoldSecond(x[1]);
            return FoldedBatching.UnfoldSecond(convolution(
                isShared ? x.Settings : InGroups(x.Settings, x.Size), isShared ? x[0] : FoldedBatching.FoldSecond(x.Expanded(0)), weight,
                bias is { } b ? FoldedBatching.Fold(x.Expanded(b)) : null), x.Size);
        }

        var isOwn = bias is { } i && x.IsBatched(i);
        var product = x.IsBatched(0)
            ? x.InShape(convolution(x.Settings, FoldedBatching.Fold(x[0]), x[1], bias is null || isOwn ? null : x[2]), 0)
            : convolution(x.Settings, x[0], x[1], null);
        return isOwn ? product + reshape(x[2], [x.Size, 1, x[2].shape[1], .. Enumerable.Repeat(1L, x.Settings.Dims)]) : product;
    });

    /// <summary>Those of <see cref="F.ConvolutionBackward"/>.</summary>
    public static Batching<ConvolutionBackwardSettings> Backward { get; } = Batching.Multi<ConvolutionBackwardSettings>(x =>
    {
        if (x.Size == 0)
        {
            return FoldedBatching.Empty(x);
        }

        var mask = x.Settings.OutputMask;
        var (byInput, byWeight, byBias) = (mask[0] != 0, mask[1] != 0, mask[2] != 0);
        Tensor? ofInput = null, ofWeight = null;
        if (byInput && !x.IsBatched(2))
        {
            (ofInput, _, _) = convolution_backward(
                x.Settings, FoldedBatching.Fold(x.Expanded(0)), FoldedBatching.Fold(x.Expanded(1)), x[2], true, false, false);
        }

        if (byWeight || (byInput && ofInput is null))
        {
            var (own, weight, _) = convolution_backward(
                InGroups(x.Settings, x.Size), FoldedBatching.FoldSecond(x.Expanded(0)), FoldedBatching.FoldSecond(x.Expanded(1)),
                FoldedBatching.Fold(x.Expanded(2)),
                byInput && ofInput is null, byWeight, false);
            (ofInput, ofWeight) = (ofInput ?? own.Map(g => FoldedBatching.UnfoldSecond(g, x.Size)), weight);
        }

        var ofBias = byBias ? sum(x.Expanded(0), [1, .. Enumerable.Range(3, x.Settings.Dims).Select(d => (long)d)]) : null;
        return [.. new[] { ofInput, ofWeight, ofBias }.OfType<Tensor>().Select(x.InShape)];
    });

    /// <summary>Those of <see cref="F.FusedConvolution"/>, whose weight may be packed.</summary>
    public static Batching<FusedConvolutionSettings> Fused(Func<VjpArgs<FusedConvolutionSettings>, Tensor[]> inSteps) => Batching.Either(
        x => !x.IsBatched(1) && !(((FusedConvolutionSettings)x.Settings).HasBias && x.IsBatched(2)),
        Batching.Multi(x => FoldedBatching.Run(
            x, x.Settings, ((FusedConvolutionSettings)x.Settings).HasBias ? [0, 3] : [0, 2])),
        Batching.Decompose(inSteps).Untyped);

    private static ConvolutionBackwardSettings InGroups(ConvolutionBackwardSettings settings, long size) =>
        settings with { Groups = settings.Groups * size };

    private static ConvolutionSettings InGroups(ConvolutionSettings settings, long size) =>
        settings with { Groups = settings.Groups * size };
}
