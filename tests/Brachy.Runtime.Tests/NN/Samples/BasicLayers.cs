using Brachy.NN;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Brachy.Tests.NN.Samples;

public static class BasicLayers
{
    public static IEnumerable<LayerSample> All =>
    [
        LayerSample.Of("Linear", () => new Linear(5, 3), () => Linear(5, 3), 4, 5),
        LayerSample.Of("Linear without bias, three dims", () => new Linear(5, 3, bias: false), () => Linear(5, 3, hasBias: false), 2, 4, 5),
        LayerSample.Of("ReLU", () => new ReLU(), () => ReLU(), 3, 4),
        LayerSample.Of("Dropout", () => new Dropout(0.4), () => Dropout(0.4), 3, 4) with
        {
            OwnBuffers = ["key"],
            IsRandomInTraining = true
        },
        LayerSample.Of(
            "Sequential",
            () => new Sequential(new Linear(5, 4), new Sequential(new ReLU(), new Linear(4, 4)), new Linear(4, 2)),
            () => Sequential(Linear(5, 4), Sequential(ReLU(), Linear(4, 4)), Linear(4, 2)),
            3, 5),
        LayerSample.Of("Identity", () => new Identity(), () => Identity(), 3, 4),
        LayerSample.Of("Lambda", () => new Lambda(F.tanh), () => Tanh(), 3, 4),
        LayerSample.Of("Chain", () => new Chain(new Linear(5, 3), F.tanh, x => x * 2), () => new TanhOfLinear(), 4, 5),
    ];

    private sealed class TanhOfLinear : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly TorchSharp.Modules.Linear _linear = Linear(5, 3);

        public TanhOfLinear()
            : base("chain") => register_module("base", _linear);

        public override torch.Tensor forward(torch.Tensor x) => _linear.call(x).tanh() * 2.0;
    }
}
