using Brachy.NN;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Brachy.Tests.NN.Samples;

public static class DropoutLayers
{
    public static IEnumerable<LayerSample> All =>
    [
        Row("Dropout1d", () => new Dropout1d(0.4), () => Dropout1d(0.4), 3, 4, 2),
        Row("Dropout2d", () => new Dropout2d(0.4), () => Dropout2d(0.4), 3, 4, 2, 2),
        Row("Dropout3d", () => new Dropout3d(0.4), () => Dropout3d(0.4), 3, 4, 2, 2, 2),
        Row("FeatureAlphaDropout", () => new FeatureAlphaDropout(0.4), () => FeatureAlphaDropout(0.4), 3, 4, 2),
        Row("RReLU", () => new RReLU(0.1, 0.4), () => RReLU(0.1, 0.4), 3, 4),
        Row("AlphaDropout", () => new AlphaDropout(0.4), () => AlphaDropout(0.4), 3, 4),
    ];

    private static LayerSample Row(
        string name, Func<Module<Tensor, Tensor>> layer, Func<torch.nn.Module<torch.Tensor, torch.Tensor>> theirs, params long[] shape) =>
        LayerSample.Of(name, layer, theirs, shape) with { OwnBuffers = ["key"], IsRandomInTraining = true };
}
