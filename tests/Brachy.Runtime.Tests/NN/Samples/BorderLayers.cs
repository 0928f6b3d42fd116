using Brachy.NN;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Brachy.Tests.NN.Samples;

/// <summary>Borders, blocks of images, and sizes.</summary>
public static class BorderLayers
{
    public static IEnumerable<LayerSample> All =>
    [
        LayerSample.Of("ConstantPad1d", () => new ConstantPad1d(2, 1.5), () => ConstantPad1d(2, 1.5), 2, 3, 4),
        LayerSample.Of("ConstantPad2d", () => new ConstantPad2d((1, 0, 2, 1), -1), () => ConstantPad2d((1, 0, 2, 1), -1), 2, 3, 4, 3),
        LayerSample.Of(
            "ConstantPad3d, cut", () => new ConstantPad3d((1, 0, -1, 1, 0, 2), 3), () => ConstantPad3d((1, 0, -1, 1, 0, 2), 3), 2, 2, 3, 2,
            3),
        LayerSample.Of("ZeroPad1d", () => new ZeroPad1d((1, 2)), () => ConstantPad1d((1, 2), 0), 2, 3, 4),
        LayerSample.Of("ZeroPad2d", () => new ZeroPad2d(2), () => ZeroPad2d(2), 2, 3, 4, 3),
        LayerSample.Of("ZeroPad3d", () => new ZeroPad3d(1), () => ConstantPad3d(1, 0), 2, 2, 3, 2, 3),
        LayerSample.Of("ReflectionPad1d", () => new ReflectionPad1d((3, 1)), () => ReflectionPad1d((3, 1)), 2, 3, 4),
        LayerSample.Of("ReflectionPad2d, no batch", () => new ReflectionPad2d(1), () => ReflectionPad2d(1), 3, 4, 3),
        LayerSample.Of(
            "ReflectionPad3d", () => new ReflectionPad3d((1, 0, 1, 1, 2, 1)), () => ReflectionPad3d((1, 0, 1, 1, 2, 1)), 1, 2, 3, 2, 3),
        LayerSample.Of("ReplicationPad1d", () => new ReplicationPad1d(3), () => ReplicationPad1d(3), 2, 3, 4),
        LayerSample.Of("ReplicationPad2d", () => new ReplicationPad2d([1, 2, 0, 3]), () => ReplicationPad2d((1, 2, 0, 3)), 2, 3, 4, 3),
        LayerSample.Of("ReplicationPad3d", () => new ReplicationPad3d(1), () => ReplicationPad3d(1), 1, 2, 3, 2, 3),
        Circular("CircularPad1d", () => new CircularPad1d((3, 1)), [3, 1], 2, 3, 4),
        Circular("CircularPad2d", () => new CircularPad2d(2), [2, 2, 2, 2], 2, 3, 4, 3),
        Circular("CircularPad3d", () => new CircularPad3d((1, 0, 2, 1, 0, 3)), [1, 0, 2, 1, 0, 3], 1, 2, 3, 2, 3),
        LayerSample.Of(
            "Unfold", () => new Unfold((2, 3), (1, 2), (1, 0), (2, 1)), () => Unfold((2, 3), (1, 2), (1, 0), (2, 1)), 2, 3, 4, 6),
        LayerSample.Of(
            "Fold", () => new Fold((4, 5), (2, 3), padding: 1, stride: (2, 1)), () => Fold((4, 5), (2, 3), padding: (1, 1), stride: (2, 1)),
            2, 12, 15),
        LayerSample.Of("UpsamplingNearest2d", () => new UpsamplingNearest2d((4, 7)), () => Upsample([4, 7]), 2, 3, 3, 5),
        LayerSample.Of(
            "UpsamplingNearest2d by a factor", () => new UpsamplingNearest2d(scaleFactor: 2), () => Upsample(scale_factor: [2, 2]), 2, 3, 3,
            5),
        LayerSample.Of(
            "UpsamplingBilinear2d", () => new UpsamplingBilinear2d(scaleFactor: [1.7, 2]),
            () => Upsample(scale_factor: [1.7, 2], mode: torch.UpsampleMode.Bilinear, align_corners: true), 2, 3, 3, 5),
        LayerSample.Of("ChannelShuffle", () => new ChannelShuffle(3), () => ChannelShuffle(3), 2, 6, 3),
        LayerSample.Of("Softmax2d", () => new Softmax2d(), () => Softmax2d(), 2, 3, 4, 2),
        LayerSample.Of("Softmax2d, no batch", () => new Softmax2d(), () => Softmax2d(), 3, 4, 2),
    ];

    private static LayerSample Circular(string name, Func<Module<Tensor, Tensor>> layer, long[] widths, params long[] shape) =>
        LayerSample.Of(name, layer, () => new CircularPad(widths), shape);

    /// <summary>TorchSharp has the function, but no layer.</summary>
    private sealed class CircularPad(long[] widths) : torch.nn.Module<torch.Tensor, torch.Tensor>("circular")
    {
        public override torch.Tensor forward(torch.Tensor x) => torch.nn.functional.pad(x, widths, PaddingModes.Circular);
    }
}
