using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class ActivationSamples
{
    private static readonly DType[] s_realTypes = [.. DTypes.All.Where(d => d.IsFloatingPoint())];

    private static readonly (Primitive Forward, Primitive Backward, Settings? Settings)[] s_families =
    [
        (F.LeakyRelu, F.LeakyReluBackward, new LeakyReluSettings(0.01)),
        (F.LeakyRelu, F.LeakyReluBackward, new LeakyReluSettings(-2.0)),
        (F.Hardtanh, F.HardtanhBackward, Limits(-1, 1)),
        (F.Hardtanh, F.HardtanhBackward, Limits(0, 6)),
        (F.Hardtanh, F.HardtanhBackward, Limits(double.NegativeInfinity, double.PositiveInfinity)),
        (F.Hardswish, F.HardswishBackward, null),
        (F.Elu, F.EluBackward, Exponential(1, 1, 1)),
        (F.Elu, F.EluBackward, Exponential(1.6732632423543772, 1.0507009873554805, 1)),
        (F.Elu, F.EluBackward, Exponential(0.7, 1, 1 / 0.7)),
        (F.Softplus, F.SoftplusBackward, Smooth(1, 20)),
        (F.Softplus, F.SoftplusBackward, Smooth(3, 1)),
        (F.Mish, F.MishBackward, null),
    ];

    public static IEnumerable<OpSample> All =>
        s_families.SelectMany(f => (IEnumerable<OpSample>)[.. Forward(f.Forward, f.Settings), .. Backward(f.Backward, f.Settings)])
            .Concat(Forward(F.Hardsigmoid, null).Select(s => s with { NoAutograd = "libtorch takes 1/6 in float32 for the gradient" }));

    private static IEnumerable<OpSample> Forward(Primitive primitive, Settings? settings)
    {
        OpSample Row(string name, Func<Tensor[]> inputs) => new(primitive, $"{settings} {name}", inputs, settings);
        foreach (var dtype in s_realTypes)
        {
            yield return Row(dtype.Name(), () => [Make.Real([3, 5], dtype)]);
        }

        yield return Row("many", () => [Float32(3, 33, 3)]);
        yield return Row("transposed", () => [Strided(3, 4)]);
        yield return Row("0-dim", () => [Reals()]);
        yield return Row("empty", () => [Reals(2, 0)]);
        yield return Row("number", () => [-0.75]);
        yield return Row("kinks and infinities", () => [Kinks()]) with { DifferentiateBy = [] };
    }

    private static IEnumerable<OpSample> Backward(Primitive primitive, Settings? settings)
    {
        OpSample Row(string name, Func<Tensor[]> inputs) => new(primitive, $"{settings} {name}", inputs, settings);
        foreach (var dtype in s_realTypes)
        {
            yield return Row(dtype.Name(), () => [Make.Real([3, 5], dtype), Make.Real([3, 5], dtype, seed: 5)]);
        }

        yield return Row("transposed", () => [Seeded(3, 3, 4), Strided(3, 4)]);
        yield return Row("0-dim", () => [Reals(), Seeded(4)]);
        yield return Row("empty", () => [Reals(2, 0), Reals(2, 0)]);
        yield return Row("kinks and far values", () => [F.ones([13], DType.Float64), F.clamp(Kinks(), -1e4, 1e4)]) with
        {
            DifferentiateBy = []
        };
    }

    private static Tensor Kinks() =>
        Make.Values([13], double.NegativeInfinity, -1e4, -20, -3, -1, -1.0 / 3, 0, 1.0 / 3, 1, 3, 6, 1e4, double.PositiveInfinity);

    private static Settings Limits(double min, double max) => new HardtanhSettings(min, max);

    private static Settings Exponential(double alpha, double scale, double inputScale) =>
        new EluSettings(alpha, scale, inputScale);

    private static Settings Smooth(double beta, double threshold) => new SoftplusSettings(beta, threshold);
}
