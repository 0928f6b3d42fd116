using Brachy.NN;
using static TorchSharp.torch.nn;

namespace Brachy.Tests.NN.Samples;

public static class NormLayers
{
    public static IEnumerable<LayerSample> All =>
    [
        LayerSample.Of("BatchNorm1d", () => new BatchNorm1d(3), () => BatchNorm1d(3), 4, 3),
        LayerSample.Of(
            "BatchNorm1d of sequences", () => new BatchNorm1d(3, eps: 0.1, momentum: 0.4), () => BatchNorm1d(3, eps: 0.1, momentum: 0.4), 2,
            3, 5),
        LayerSample.Of("BatchNorm1d, not affine", () => new BatchNorm1d(3, affine: false), () => BatchNorm1d(3, affine: false), 4, 3),
        LayerSample.Of(
            "BatchNorm1d, not tracking", () => new BatchNorm1d(3, trackRunningStats: false),
            () => BatchNorm1d(3, track_running_stats: false), 4, 3),
        LayerSample.Of("BatchNorm1d, cumulative", () => new BatchNorm1d(3, momentum: null), () => TorchNorm.CumulativeBatch(3), 4, 3),
        LayerSample.Of("BatchNorm2d", () => new BatchNorm2d(3), () => BatchNorm2d(3), 2, 3, 4, 2),
        LayerSample.Of(
            "BatchNorm2d, neither affine nor tracking",
            () => new BatchNorm2d(3, affine: false, trackRunningStats: false),
            () => BatchNorm2d(3, affine: false, track_running_stats: false), 2, 3, 4, 2),
        LayerSample.Of("BatchNorm3d", () => new BatchNorm3d(2), () => BatchNorm3d(2), 2, 2, 2, 3, 2),
        LayerSample.Of("BatchNorm", () => new BatchNorm(3), () => BatchNorm2d(3), 2, 3, 4, 2),
        LayerSample.Of(
            "BatchNorm, last axis, cumulative", () => new BatchNorm(2, axis: -1, momentum: null), () => TorchNorm.CumulativeBatch(2), 2, 3,
            4, 2),
        LayerSample.Of("InstanceNorm1d", () => new InstanceNorm1d(3), () => InstanceNorm1d(3), 2, 3, 4),
        LayerSample.Of("InstanceNorm1d of a sample", () => new InstanceNorm1d(3), () => InstanceNorm1d(3), 3, 4),
        LayerSample.Of(
            "InstanceNorm2d, affine", () => new InstanceNorm2d(3, affine: true), () => InstanceNorm2d(3, affine: true), 2, 3, 4, 2),
        LayerSample.Of(
            "InstanceNorm2d, tracking",
            () => new InstanceNorm2d(3, affine: true, trackRunningStats: true),
            () => InstanceNorm2d(3, affine: true, track_running_stats: true), 2, 3, 4, 2),
        LayerSample.Of("InstanceNorm3d", () => new InstanceNorm3d(2), () => InstanceNorm3d(2), 2, 2, 2, 3, 2),
        LayerSample.Of("GroupNorm", () => new GroupNorm(2, 4), InitializedGroupNorm, 2, 4, 3),
        LayerSample.Of(
            "GroupNorm, not affine", () => new GroupNorm(2, 4, eps: 0.1, affine: false), () => GroupNorm(2, 4, eps: 0.1, affine: false), 3,
            4, 2),
        LayerSample.Of("LayerNorm", () => new LayerNorm(4), () => LayerNorm(4), 3, 4),
        LayerSample.Of("LayerNorm over two dims", () => new LayerNorm([3, 4], eps: 0.1), () => LayerNorm([3, 4], eps: 0.1), 2, 3, 4),
        LayerSample.Of("LayerNorm without bias", () => new LayerNorm(4, bias: false), () => LayerNorm(4, bias: false), 3, 4),
        LayerSample.Of(
            "LayerNorm, not affine", () => new LayerNorm(4, elementwiseAffine: false), () => LayerNorm(4, elementwise_affine: false), 3, 4),
        LayerSample.Of("RmsNorm", () => new RmsNorm(4), () => TorchNorm.Rms(double.BitIncrement(1) - 1, 4), 2, 3, 4),
        LayerSample.Of("RmsNorm over two dims", () => new RmsNorm([3, 4], eps: 0.1), () => TorchNorm.Rms(0.1, 3, 4), 2, 3, 4),
        LayerSample.Of("LocalResponseNorm", () => new LocalResponseNorm(3, 0.5), () => LocalResponseNorm(3, 0.5), 2, 5, 3),
    ];

    // TorchSharp leaves the params of this layer as its memory was.
    private static TorchSharp.Modules.GroupNorm InitializedGroupNorm()
    {
        var layer = GroupNorm(2, 4);
        init.ones_(layer.weight!);
        init.zeros_(layer.bias!);
        return layer;
    }
}
