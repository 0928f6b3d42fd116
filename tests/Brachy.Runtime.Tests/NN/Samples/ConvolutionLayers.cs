using Brachy.NN;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Brachy.Tests.NN.Samples;

public static class ConvolutionLayers
{
    public static IEnumerable<LayerSample> All =>
    [
        LayerSample.Of("Conv1d", () => new Conv1d(4, 6, 3), () => Conv1d(4, 6, 3L), 2, 4, 7),
        LayerSample.Of(
            "Conv1d, strided, padded, dilated, grouped, no batch",
            () => new Conv1d(4, 6, 3, 2, 1, 2, 2, bias: false),
            () => Conv1d(4, 6, 3L, 2, 1, 2, groups: 2, bias: false),
            4, 7),
        LayerSample.Of("Conv1d, same", () => new Conv1d(4, 6, 4, padding: "same"), () => Conv1d(4, 6, 4L, Padding.Same), 2, 4, 7),
        LayerSample.Of(
            "Conv1d, circular", () => new Conv1d(4, 6, 3, padding: 2, paddingMode: "circular"),
            () => Conv1d(4, 6, 3L, padding: 2, padding_mode: PaddingModes.Circular), 2, 4, 7),
        LayerSample.Of("Conv2d", () => new Conv2d(3, 4, 3), () => Conv2d(3, 4, 3L), 2, 3, 5, 6),
        LayerSample.Of(
            "Conv2d, strided, padded, dilated, grouped",
            () => new Conv2d(4, 6, (3, 2), (2, 1), (1, 2), (1, 2), 2),
            () => Conv2d(4, 6, (3L, 2L), (2, 1), (1, 2), (1, 2), groups: 2),
            2, 4, 5, 6),
        LayerSample.Of(
            "Conv2d, no batch, no bias", () => new Conv2d(3, 4, 3, 1, 1, bias: false), () => Conv2d(3, 4, 3L, padding: 1, bias: false), 3,
            5, 6),
        LayerSample.Of(
            "Conv2d, same", () => new Conv2d(3, 4, (4, 3), padding: "same", dilation: (1, 2)),
            () => Conv2d(3, 4, (4L, 3L), Padding.Same, dilation: (1, 2)), 2, 3, 5, 6),
        LayerSample.Of(
            "Conv2d, reflect", () => new Conv2d(3, 4, 3, padding: (1, 2), paddingMode: "reflect"),
            () => Conv2d(3, 4, (3L, 3L), padding: (1, 2), padding_mode: PaddingModes.Reflect), 2, 3, 5, 6),
        LayerSample.Of(
            "Conv2d, replicate", () => new Conv2d(3, 4, 3, 2, 2, paddingMode: "replicate"),
            () => Conv2d(3, 4, 3L, 2, 2, padding_mode: PaddingModes.Replicate), 2, 3, 5, 6),
        LayerSample.Of(
            "Conv2d, circular", () => new Conv2d(3, 4, 3, padding: (2, 1), paddingMode: "circular"),
            () => Conv2d(3, 4, (3L, 3L), padding: (2, 1), padding_mode: PaddingModes.Circular), 2, 3, 5, 6),
        LayerSample.Of(
            "Conv3d", () => new Conv3d(2, 4, (2, 3, 2), 1, (0, 1, 1), groups: 2),
            () => Conv3d(2, 4, (2L, 3L, 2L), (1, 1, 1), (0, 1, 1), groups: 2), 1, 2, 3, 4, 3),
        LayerSample.Of(
            "Conv3d, replicate", () => new Conv3d(2, 2, 2, padding: (1, 2, 0), paddingMode: "replicate"),
            () => Conv3d(2, 2, (2L, 2L, 2L), padding: (1, 2, 0), padding_mode: PaddingModes.Replicate), 1, 2, 3, 4, 3),
        LayerSample.Of(
            "ConvTranspose1d", () => new ConvTranspose1d(4, 6, 3, 2, 1, 1, 2), () => ConvTranspose1d(4, 6, 3, 2, 1, 1, groups: 2), 2, 4, 5),

        // TorchSharp's layers take the first number of output_padding for all dims; the tests of the functions give different ones.
        LayerSample.Of("ConvTranspose2d", () => new ConvTranspose2d(3, 4, 2), () => ConvTranspose2d(3, 4, 2L), 2, 3, 4, 3),
        LayerSample.Of(
            "ConvTranspose2d, strided, padded, dilated, grouped, no batch",
            () => new ConvTranspose2d(4, 6, (3, 2), (2, 3), (1, 0), 1, 2, bias: false, (1, 2)),
            () => ConvTranspose2d(4, 6, (3L, 2L), (2, 3), (1, 0), (1, 1), (1, 2), groups: 2, bias: false),
            4, 4, 3),
        LayerSample.Of(
            "ConvTranspose3d", () => new ConvTranspose3d(2, 2, 2, 2, (0, 1, 0), 1),
            () => ConvTranspose3d(2, 2, (2L, 2L, 2L), (2, 2, 2), (0, 1, 0), (1, 1, 1)), 1, 2, 2, 3, 2),
    ];
}
