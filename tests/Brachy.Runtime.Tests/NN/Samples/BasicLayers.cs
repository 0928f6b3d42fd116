using Brachy.NN;
using static TorchSharp.torch.nn;

namespace Brachy.Tests.NN.Samples;

public static class BasicLayers
{
    public static IEnumerable<LayerSample> All =>
    [
        LayerSample.Of("Linear", () => new Linear(5, 3), () => Linear(5, 3), 4, 5),
        LayerSample.Of("Linear without bias, three dims", () => new Linear(5, 3, bias: false), () => Linear(5, 3, hasBias: false), 2, 4, 5),
        LayerSample.Of("ReLU", () => new ReLU(), () => ReLU(), 3, 4),
        LayerSample.Of("Dropout", () => new Dropout(0.4), () => Dropout(0.4), 3, 4) with { OwnBuffers = ["key"], IsRandomInTraining = true },
        LayerSample.Of(
            "Sequential",
            () => new Sequential(new Linear(5, 4), new Sequential(new ReLU(), new Linear(4, 4)), new Linear(4, 2)),
            () => Sequential(Linear(5, 4), Sequential(ReLU(), Linear(4, 4)), Linear(4, 2)),
            3, 5),
    ];
}
