using Brachy.NN;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Brachy.Tests.NN.Samples;

public static class ActivationLayers
{
    private static readonly long[] s_shape = [3, 4, 2];

    public static IEnumerable<LayerSample> All =>
    [
        Row("ReLU6", () => new ReLU6(), () => ReLU6()),
        Row("LeakyReLU", () => new LeakyReLU(), () => LeakyReLU()),
        Row("LeakyReLU, steep", () => new LeakyReLU(0.3), () => LeakyReLU(0.3)),
        Row("PReLU", () => new PReLU(), () => PReLU(1)),
        Row("PReLU of channels", () => new PReLU(4, 0.1), () => PReLU(4, 0.1)),
        Row("Threshold", () => new Threshold(0.4, -3), () => Threshold(0.4, -3)),
        Row("ELU", () => new ELU(1.5), () => ELU(1.5)),
        Row("SELU", () => new SELU(), () => SELU()),
        Row("CELU", () => new CELU(0.7), () => CELU(0.7)) with { Tolerance = 1e-7 },
        Row("Softplus", () => new Softplus(), () => Softplus()),
        Row("Softplus, sharp", () => new Softplus(3, 2), () => Softplus(3, 2)),
        Row("Hardtanh", () => new Hardtanh(), () => new Clamp(-1, 1)),
        Row("Hardtanh, narrow", () => new Hardtanh(-0.3, 0.8), () => new Clamp(-0.3, 0.8)),
        Row("Hardsigmoid", () => new Hardsigmoid(), () => Hardsigmoid()) with { Tolerance = 1e-7 },
        Row("Hardswish", () => new Hardswish(), () => Hardswish()),
        Row("Hardshrink", () => new Hardshrink(), () => Hardshrink()),
        Row("Softshrink", () => new Softshrink(0.3), () => Softshrink(0.3)),
        Row("GELU", () => new GELU(), () => GELU()),
        Row("GELU by tanh", () => new GELU("tanh"), () => GELU(TorchSharp.Modules.GELU.Approximate.tanh)),
        Row("SiLU", () => new SiLU(), () => SiLU()),
        Row("Mish", () => new Mish(), () => Mish()),
        Row("GLU", () => new GLU(), () => GLU()),
        Row("GLU of channels", () => new GLU(1), () => GLU(1)),
        Row("Sigmoid", () => new Sigmoid(), () => Sigmoid()),
        Row("LogSigmoid", () => new LogSigmoid(), () => LogSigmoid()),
        Row("Tanh", () => new Tanh(), () => Tanh()),
        Row("Tanhshrink", () => new Tanhshrink(), () => Tanhshrink()),
        Row("Softsign", () => new Softsign(), () => Softsign()),
        Row("Softmax", () => new Softmax(1), () => Softmax(1)),
        Row("LogSoftmax", () => new LogSoftmax(-1), () => LogSoftmax(-1)),
        Row("Softmin", () => new Softmin(0), () => Softmin(0)),
    ];

    private static LayerSample Row(
        string name, Func<Module<Tensor, Tensor>> layer, Func<torch.nn.Module<torch.Tensor, torch.Tensor>> theirs) =>
        LayerSample.Of(name, layer, theirs, s_shape);

    // TorchSharp's Hardtanh leaves its input as it is.
    private sealed class Clamp(double min, double max) : torch.nn.Module<torch.Tensor, torch.Tensor>("clamp")
    {
        public override torch.Tensor forward(torch.Tensor input) => input.clamp(min, max);
    }
}
