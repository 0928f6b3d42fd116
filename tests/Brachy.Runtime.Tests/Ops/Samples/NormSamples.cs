using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class NormSamples
{
    private const string NoStatistics = "libtorch has no gradient of the statistics";

    public static IEnumerable<OpSample> All =>
    [
        Layer("weight and bias", () => [Reals(4, 5), Seeded(1, 5), Seeded(2, 5)]),
        Layer("weight", () => [Reals(2, 3, 4), Seeded(1, 4)]),
        Layer("plain", () => [Reals(3, 4)]),
        Layer("two dims, transposed", () => [Strided(2, 3, 4), SeededStrided(1, 3, 4), SeededStrided(2, 3, 4)], dims: 2),
        Layer("all dims", () => [Reals(3, 2), Seeded(1, 3, 2)], dims: 2),
        Layer("no rows", () => [Reals(0, 3), Seeded(1, 3), Seeded(2, 3)]),
        Layer("no columns", () => [Reals(2, 0)]),
        Layer("large eps", () => [Reals(3, 4)], eps: 2),
        Layer("float32", () => [Float32(0, 3, 4), Float32(1, 4), Float32(2, 4)]),
        Layer("bfloat16", () => [Float32(0, 3, 4).to(DType.BFloat16), Float32(1, 4).to(DType.BFloat16)]),
        Layer("float16 beside float32", () => [Float32(0, 3, 4).to(DType.Float16), Float32(1, 4), Float32(2, 4)]),

        LayerGradient("all", () => [Reals(4, 5), Seeded(1, 4, 5), Seeded(2, 4, 1), Positive(3, 4, 1), Seeded(4, 5)], [0, 1, 2]),
        LayerGradient("without weight", () => [Reals(4, 5), Seeded(1, 4, 5), Seeded(2, 4, 1), Positive(3, 4, 1)], [0]),
        LayerGradient("by weight", () => [Reals(4, 5), Seeded(1, 4, 5), Seeded(2, 4, 1), Positive(3, 4, 1), Seeded(4, 5)], [1]),
        LayerGradient(
            "two dims, transposed",
            () => [Strided(2, 3, 4), SeededStrided(1, 2, 3, 4), Seeded(2, 2, 1, 1), Positive(3, 2, 1, 1), SeededStrided(4, 3, 4)],
            [0, 1, 2], dims: 2),
        LayerGradient(
            "repeated statistics",
            () => [Reals(2, 4, 5), Seeded(1, 2, 4, 5), F.expand(Seeded(2, 4, 1), 2, 4, 1), F.expand(Positive(3, 4, 1), 2, 4, 1)], [0]),
        LayerGradient("float32", () => [Float32(0, 3, 4), Float32(1, 3, 4), Float32(2, 3, 1), Float32(3, 3, 1), Float32(4, 4)], [0, 2]),

        Group("weight and bias", () => [Reals(2, 4, 3), Seeded(1, 4), Seeded(2, 4)], 2),
        Group("plain", () => [Reals(3, 6)], 3),
        Group("one group, transposed images", () => [Strided(2, 2, 2, 3), Seeded(1, 2)], 1),
        Group("channels last", () => [F.permute(Reals(2, 2, 3, 4), 0, 3, 1, 2), EveryOther(Seeded(1, 8)), EveryOther(Seeded(2, 8))], 2),
        Group("groups of one channel", () => [Reals(2, 3, 4), Seeded(1, 3), Seeded(2, 3)], 3),
        Group("no samples", () => [Reals(0, 4, 3), Seeded(1, 4), Seeded(2, 4)], 2),
        Group("no values, float32", () => [Float32(0, 2, 4, 0), Float32(1, 4), Float32(2, 4)], 2),
        Group("float32", () => [Float32(0, 2, 4, 3), Float32(1, 4), Float32(2, 4)], 2),
        Group("bfloat16 beside float32", () => [Float32(0, 2, 4, 3).to(DType.BFloat16), Float32(1, 4), Float32(2, 4)], 2),

        GroupGradient("all", () => [Reals(2, 4, 3), Seeded(1, 2, 4, 3), Seeded(2, 2, 2), Positive(3, 2, 2), Seeded(4, 4)], [0, 1, 2], 2),
        GroupGradient("without weight", () => [Reals(2, 4), Seeded(1, 2, 4), Seeded(2, 2, 2), Positive(3, 2, 2)], [0], 2),
        GroupGradient(
            "other layouts",
            () => [F.permute(Reals(2, 2, 3, 4), 0, 3, 1, 2), SeededStrided(
                1, 2, 4, 2, 3), SeededStrided(2, 2, 2), Positive(3, 2, 2), EveryOther(Seeded(4, 8))],
            [0, 1, 2], 2),
        GroupGradient(
            "float32, by params", () => [Float32(0, 2, 4, 3), Float32(1, 2, 4, 3), Float32(2, 2, 2), Float32(3, 2, 2), Float32(4, 4)],
            [1, 2], 2),

        Batch("weight and bias", () => [Reals(4, 3), Seeded(1, 3), Seeded(2, 3)], running: false),
        Batch("plain images", () => [Reals(2, 3, 2, 2)], running: false),
        Batch("running", () => [Reals(2, 3, 4), Seeded(1, 3), Positive(2, 3), Seeded(3, 3), Seeded(4, 3)], running: true),
        Batch(
            "running, weight, channels last",
            () => [F.permute(Reals(2, 2, 3, 2), 0, 3, 1, 2), Seeded(1, 2), Positive(2, 2), EveryOther(Seeded(3, 4))], running: true),
        Batch("running, plain, transposed", () => [Strided(2, 3, 4), Seeded(1, 3), Positive(2, 3)], running: true),
        Batch("one sample", () => [Reals(1, 3, 4), Seeded(1, 3)], running: false),
        Batch("no samples", () => [Reals(0, 3), Seeded(1, 3), Seeded(2, 3)], running: false),
        Batch("no samples, running", () => [Reals(0, 3, 2), Seeded(1, 3), Positive(2, 3)], running: true),
        Batch("float32", () => [Float32(0, 4, 3), Float32(1, 3), Float32(2, 3)], running: false),
        Batch(
            "float16 beside float32", () => [Float32(0, 4, 3).to(DType.Float16), Float32(1, 3), Float32(2, 3), Float32(3, 3)],
            running: true),

        Evaluation("weight and bias", () => [Reals(4, 3), Seeded(1, 3), Positive(2, 3), Seeded(3, 3), Seeded(4, 3)]),
        Evaluation("plain images", () => [Reals(2, 3, 2, 2), Seeded(1, 3), Positive(2, 3)]),
        Evaluation("by input and params", () => [Strided(2, 3, 4), Seeded(1, 3), Positive(2, 3), Seeded(3, 3), Seeded(4, 3)]) with
        {
            DifferentiateBy = [0, 3, 4],
            NoAutograd = null
        },
        Evaluation("channels last", () =>
            [F.permute(Reals(2, 2, 3, 2), 0, 3, 1, 2), EveryOther(Seeded(1, 4)), EveryOther(Positive(2, 4)), EveryOther(Seeded(3, 4))]),
        Evaluation("no samples", () => [Reals(0, 3), Seeded(1, 3), Positive(2, 3), Seeded(3, 3)]),
        Evaluation(
            "bfloat16", () => [Float32(0, 4, 3).to(DType.BFloat16), Float32(1, 3).to(DType.BFloat16), Positive(2, 3).to(DType.BFloat16)]),

        BatchGradient("all", () => [Reals(4, 3), Seeded(1, 4, 3), Seeded(2, 3), Positive(3, 3), Seeded(4, 3)], [0, 1, 2], training: true),
        BatchGradient(
            "without weight", () => [Reals(2, 3, 2), Seeded(1, 2, 3, 2), Seeded(2, 3), Positive(3, 3)], [0, 1, 2], training: true),
        BatchGradient(
            "channels last",
            () => [F.permute(Reals(2, 2, 3, 2), 0, 3, 1, 2), F.permute(
                Seeded(1, 2, 2, 3, 2), 0, 3, 1, 2), Seeded(2, 2), Positive(3, 2), EveryOther(Seeded(4, 4))],
            [0, 1], training: true),
        BatchGradient(
            "evaluation", () => [Reals(4, 3), Seeded(1, 4, 3), Seeded(2, 3), Positive(3, 3), Seeded(4, 3)], [0, 1, 2], training: false),
        BatchGradient(
            "evaluation, channels last",
            () => [F.permute(Reals(2, 2, 3, 2), 0, 3, 1, 2), F.permute(
                Seeded(1, 2, 2, 3, 2), 0, 3, 1, 2), EveryOther(Seeded(2, 4)), EveryOther(Positive(3, 4))],
            [0], training: false),
        BatchGradient(
            "float32", () => [Float32(0, 4, 3), Float32(1, 4, 3), Float32(2, 3), Float32(3, 3).abs(), Float32(4, 3)], [0, 1, 2],
            training: false),

        Rms("weight", () => [Reals(4, 5), Seeded(1, 5)]),
        Rms("plain", () => [Reals(2, 3, 4)]),
        Rms("two dims, transposed", () => [Strided(2, 3, 4), SeededStrided(1, 3, 4)], dims: 2),
        Rms("all dims", () => [Reals(5), Seeded(1, 5)]),
        Rms("no rows", () => [Reals(0, 3), Seeded(1, 3)]),
        Rms("no columns", () => [Reals(2, 0)]),
        Rms("float32", () => [Float32(0, 3, 4), Float32(1, 4)]),

        RmsGradient("all", () => [Reals(4, 5), Seeded(1, 4, 5), Positive(2, 4, 1), Seeded(3, 5)], [0, 1]),
        RmsGradient("without weight", () => [Reals(2, 3, 4), Seeded(1, 2, 3, 4), Positive(2, 2, 3, 1)], [0]),
        RmsGradient("by weight", () => [Reals(4, 5), Seeded(1, 4, 5), Positive(2, 4, 1), Seeded(3, 5)], [1]),
        RmsGradient(
            "two dims, transposed", () => [Strided(2, 3, 4), SeededStrided(1, 2, 3, 4), Positive(2, 2, 1, 1), SeededStrided(3, 3, 4)],
            [0, 1], dims: 2),
        RmsGradient(
            "repeated statistics", () => [Reals(2, 4, 5), Seeded(1, 2, 4, 5), F.expand(Positive(2, 4, 1), 2, 4, 1)], [0]),
        RmsGradient("float32", () => [Float32(0, 3, 4), Float32(1, 3, 4), Float32(2, 3, 1), Float32(3, 4)], [0, 1]),
    ];

    private static Tensor EveryOther(Tensor x) => F.slice(x, 0, step: 2);

    private static OpSample Layer(string name, Func<Tensor[]> inputs, long dims = 1, double eps = 1e-3) =>
        new(F.LayerNorm, name, inputs, new LayerNormSettings(dims, eps)) { NoAutograd = NoStatistics };

    private static OpSample LayerGradient(string name, Func<Tensor[]> inputs, long[] needs, long dims = 1) =>
        new(F.LayerNormBackward, name, inputs, new LayerNormBackwardSettings(dims, needs)) { NoAutograd = NoStatistics };

    private static OpSample Group(string name, Func<Tensor[]> inputs, long groups) =>
        new(F.GroupNorm, name, inputs, new GroupNormSettings(groups, 1e-3)) { NoAutograd = NoStatistics };

    private static OpSample GroupGradient(string name, Func<Tensor[]> inputs, long[] needs, long groups) =>
        new(F.GroupNormBackward, name, inputs, new GroupNormBackwardSettings(groups, needs)) { NoAutograd = NoStatistics };

    private static OpSample Batch(string name, Func<Tensor[]> inputs, bool running) =>
        new(F.BatchNorm, name, inputs, new BatchNormSettings(running, 0.3, 1e-3)) { NoAutograd = NoStatistics };

    private static OpSample Evaluation(string name, Func<Tensor[]> inputs) =>
        new(F.BatchNormInference, name, inputs, new BatchNormInferenceSettings(1e-3)) { NoAutograd = NoStatistics };

    private static OpSample BatchGradient(string name, Func<Tensor[]> inputs, long[] needs, bool training) =>
        new(F.BatchNormBackward, name, inputs, new BatchNormBackwardSettings(training, 1e-3, needs)) { NoAutograd = NoStatistics };

    private static OpSample Rms(string name, Func<Tensor[]> inputs, long dims = 1) =>
        new(F.RmsNorm, name, inputs, new LayerNormSettings(dims, 1e-3));

    private static OpSample RmsGradient(string name, Func<Tensor[]> inputs, long[] needs, long dims = 1) =>
        new(F.RmsNormBackward, name, inputs, new LayerNormBackwardSettings(dims, needs)) { NoAutograd = NoStatistics };
}
