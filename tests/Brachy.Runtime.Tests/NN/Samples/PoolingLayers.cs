using Brachy.NN;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Brachy.Tests.NN.Samples;

public static class PoolingLayers
{
    public static IEnumerable<LayerSample> All =>
    [
        LayerSample.Of("MaxPool1d", () => new MaxPool1d(3), () => MaxPool1d(3), 2, 3, 8),
        LayerSample.Of(
            "MaxPool1d, every setting", () => new MaxPool1d(3, 2, 1, 2, ceilMode: true), () => MaxPool1d(3, 2, 1, 2, true), 2, 3, 8),
        LayerSample.Of("MaxPool2d", () => new MaxPool2d(2), () => MaxPool2d(2), 2, 3, 6, 5),
        LayerSample.Of(
            "MaxPool2d, every setting, unbatched",
            () => new MaxPool2d((3, 2), (2, 1), 1, (1, 2), ceilMode: true), () => MaxPool2d((3, 2), (2, 1), (1, 1), (1, 2), true), 3, 6, 6),
        LayerSample.Of("AvgPool1d", () => new AvgPool1d(3), () => AvgPool1d(3), 2, 3, 8),
        LayerSample.Of(
            "AvgPool1d, every setting",
            () => new AvgPool1d(3, 2, 1, ceilMode: true, countIncludePad: false), () => AvgPool1d(3, 2, 1, true, false), 2, 3, 8),
        LayerSample.Of("AvgPool2d", () => new AvgPool2d(2), () => AvgPool2d(2), 2, 3, 6, 5),
        LayerSample.Of(
            "AvgPool2d, every setting, unbatched",
            () => new AvgPool2d((3, 2), (2, 1), 1, ceilMode: true, countIncludePad: false, divisorOverride: 7),
            () => AvgPool2d((3, 2), (2, 1), (1, 1), true, false, 7), 3, 6, 6),
        LayerSample.Of("AdaptiveAvgPool1d", () => new AdaptiveAvgPool1d(3), () => AdaptiveAvgPool1d(3), 2, 3, 8),
        LayerSample.Of("AdaptiveAvgPool2d", () => new AdaptiveAvgPool2d((4, 3)), () => AdaptiveAvgPool2d((4, 3)), 2, 3, 6, 5),
        LayerSample.Of("AdaptiveAvgPool2d to one", () => new AdaptiveAvgPool2d(1), () => AdaptiveAvgPool2d(1), 2, 3, 6, 5),
        LayerSample.Of("AdaptiveMaxPool1d", () => new AdaptiveMaxPool1d(3), () => AdaptiveMaxPool1d(3), 2, 3, 8),
        LayerSample.Of("AdaptiveMaxPool2d", () => new AdaptiveMaxPool2d((4, 3)), () => AdaptiveMaxPool2d([4, 3]), 2, 3, 6, 5),
        LayerSample.Of("MaxPool3d", () => new MaxPool3d(2), () => MaxPool3d(2), 2, 3, 2, 5, 4),
        LayerSample.Of(
            "MaxPool3d, every setting, unbatched",
            () => new MaxPool3d((2, 3, 2), (1, 2, 1), (1, 1, 0), (1, 1, 2), ceilMode: true),
            () => MaxPool3d((2, 3, 2), (1, 2, 1), (1, 1, 0), (1, 1, 2), true), 3, 4, 6, 5),
        LayerSample.Of("AvgPool3d", () => new AvgPool3d(2), () => AvgPool3d(2), 2, 3, 2, 5, 4),
        LayerSample.Of(
            "AvgPool3d, every setting, unbatched",
            () => new AvgPool3d((2, 3, 2), (1, 2, 1), (1, 1, 0), ceilMode: true, countIncludePad: false, divisorOverride: 7),
            () => AvgPool3d((2, 3, 2), (1, 2, 1), (1, 1, 0), true, false, 7), 3, 4, 6, 5),
        LayerSample.Of("AdaptiveAvgPool3d", () => new AdaptiveAvgPool3d((2, 4, 3)), () => AdaptiveAvgPool3d((2, 4, 3)), 2, 3, 3, 6, 5),
        LayerSample.Of("AdaptiveMaxPool3d", () => new AdaptiveMaxPool3d((2, 4, 3)), () => new MaximaOfBlocks(), 2, 3, 3, 6, 5),
        LayerSample.Of("LPPool1d", () => new LPPool1d(2, 3, 2), () => LPPool1d(2, 3, 2), 2, 3, 8),
        LayerSample.Of("LPPool2d", () => new LPPool2d(2, 3, 2, ceilMode: true), () => LPPool2d(2, 3, 2, true), 2, 3, 6, 5),
        LayerSample.Of(
            "LPPool3d", () => new LPPool3d(3, 2, 1, ceilMode: true), () => new CubicSum(),
            step => Ops.Make.Positive([2, 3, 4, 3, 5], seed: 31 + step)),
        LayerSample.Of("Upsample to a size", () => new Upsample([4, 7]), () => Upsample([4, 7]), 2, 3, 3, 5),
        LayerSample.Of("Upsample to one size for all dims", () => new Upsample([4]), () => Upsample([4, 4]), 2, 3, 3, 5),
        LayerSample.Of("Upsample by a factor", () => new Upsample(2), () => Upsample(scale_factor: [2, 2]), 2, 3, 3, 5),
        LayerSample.Of(
            "Upsample by factors",
            () => new Upsample(scaleFactor: [1.7, 0.6], mode: "bilinear"),
            () => Upsample(scale_factor: [1.7, 0.6], mode: torch.UpsampleMode.Bilinear, align_corners: false), 2, 3, 3, 5),
        LayerSample.Of(
            "Upsample a signal, aligned",
            () => new Upsample(1.5, "linear", alignCorners: true),
            () => Upsample(scale_factor: [1.5], mode: torch.UpsampleMode.Linear, align_corners: true), 2, 3, 5),
        LayerSample.Of("PixelShuffle", () => new PixelShuffle(2), () => PixelShuffle(2), 2, 8, 3, 2),
        LayerSample.Of("PixelUnshuffle", () => new PixelUnshuffle(2), () => PixelUnshuffle(2), 2, 2, 4, 6),
        LayerSample.Of("Flatten", () => new Flatten(), () => Flatten(), 2, 3, 4, 5),
        LayerSample.Of("Flatten some dims", () => new Flatten(-3, 2), () => Flatten(-3, 2), 2, 3, 4, 5),
        LayerSample.Of("Unflatten", () => new Unflatten(1, [2, -1]), () => Unflatten(1, [2, 3]), 4, 6, 2),
    ];

    /// <summary>LPPool3d(3, 2, 1) by the formula of PyTorch's documentation; TorchSharp has the layer for one and two dims only.</summary>
    private sealed class CubicSum() : torch.nn.Module<torch.Tensor, torch.Tensor>("lppool3d")
    {
        public override torch.Tensor forward(torch.Tensor x) =>
            (torch.nn.functional.avg_pool3d(x.pow(3), [2, 2, 2], [1, 1, 1], ceil_mode: true) * 8).pow(1.0 / 3);
    }

    /// <summary>AdaptiveMaxPool3d((2, 4, 3)), block by block; TorchSharp's throws.</summary>
    private sealed class MaximaOfBlocks() : torch.nn.Module<torch.Tensor, torch.Tensor>("adaptivemaxpool3d")
    {
        public override torch.Tensor forward(torch.Tensor x) =>
            Along(x, 2, 2, x => Along(x, 3, 4, x => Along(x, 4, 3, x => x.amax([2, 3, 4], keepdim: true))));

        private static torch.Tensor Along(torch.Tensor x, int dim, long count, Func<torch.Tensor, torch.Tensor> pool)
        {
            var length = x.shape[dim];
            var blocks = Enumerable.Range(0, (int)count).Select(
                i => (Start: i * length / count, End: (((i + 1) * length) + count - 1) / count));
            return TorchLists.Cat([.. blocks.Select(block => pool(x.narrow(dim, block.Start, block.End - block.Start)))], dim);
        }
    }
}
