using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class ForeachSamples
{
    private const string ReadsNumbers = "the kernel reads hyperparameters as numbers, which autograd does not follow";

    public static IEnumerable<OpSample> All =>
    [
        Sgd("plain", 1),
        Sgd("plain, maximize", 2, maximize: true),
        Sgd("momentum, first step", 1, momentum: true),
        Sgd("momentum, later step", 2, momentum: true),
        Sgd("nesterov, maximize", 3, momentum: true, nesterov: true, maximize: true),
        new(F.ForeachSgd, "numbers, one float32 parameter", () => [0.1, 0, 0.9, 0, 1.0, Matrix32(0), Matrix32(1), Matrix32(2)], SgdSettings(
            1, true, false, false))
        {
            DifferentiateBy = [],
        },
        Adam("first step", 1),
        Adam("later step", 5),
        Adam("amsgrad", 3, amsgrad: true),
        Adam("amsgrad, maximize", 1, amsgrad: true, maximize: true),
        new(
            F.ForeachAdamW, "numbers, one float32 parameter",
            () => [0.1, 0.9, 0.999, 0, 1.0, Matrix32(0), Matrix32(1), Matrix32(2), Matrix32(3) * Matrix32(3)],
            AdamSettings(1, false, false))
        {
            DifferentiateBy = [],
        },
        Adam("first step", 1, decoupled: false),
        Adam("amsgrad, maximize", 3, amsgrad: true, maximize: true, decoupled: false),
        Adagrad("first step", 1),
        Adagrad("later step, maximize", 4, maximize: true),
        new(
            F.ForeachAdagrad, "numbers, one float32 parameter",
            () => [0.1, 0, 0, 1e-10, 1.0, Matrix32(0), Matrix32(1), Matrix32(3) * Matrix32(3)], new ForeachAdagradSettings(1, false))
        {
            DifferentiateBy = [],
        },
    ];

    private static OpSample Sgd(string name, int step, bool momentum = false, bool nesterov = false, bool maximize = false) =>
        new(
            F.ForeachSgd, name,
            () => [Scalar(0.1), Scalar(
                0.02), Scalar(0.9), Scalar(0.3), Scalar(step, DType.Float32), .. List(0), .. List(1), .. momentum ? List(2) : []],
            SgdSettings(3, momentum, nesterov, maximize))
        {
            DifferentiateBy = [0, 1, 2, 3, .. Enumerable.Range(5, momentum ? 9 : 6)],
            NoAutograd = ReadsNumbers,
        };

    private static OpSample Adam(string name, int step, bool amsgrad = false, bool maximize = false, bool decoupled = true) =>
        new(
            decoupled ? F.ForeachAdamW : F.ForeachAdam, name,
            () =>
            [
                Scalar(0.1), Scalar(0.9), Scalar(0.99), Scalar(0.02), Scalar(step, DType.Float32),
                .. List(0), .. List(1), .. List(2), .. Positives(3), .. amsgrad ? Positives(4) : [],
            ],
            AdamSettings(3, amsgrad, maximize))
        {
            DifferentiateBy = [0, 1, 2, 3, .. Enumerable.Range(5, amsgrad ? 15 : 12)],
            NoAutograd = ReadsNumbers,
            Tolerance = 1e-4,
        };

    private static OpSample Adagrad(string name, int step, bool maximize = false) =>
        new(
            F.ForeachAdagrad, name,
            () => [Scalar(0.1), Scalar(0.05), Scalar(0.02), Scalar(0.01), Scalar(step, DType.Float32), .. List(0), .. List(1), .. Positives(
                2)],
            new ForeachAdagradSettings(3, maximize))
        {
            DifferentiateBy = [0, 1, 2, 3, .. Enumerable.Range(5, 9)],
            NoAutograd = ReadsNumbers,
        };

    // A matrix, a vector and a single number; one in each list lies transposed in memory.
    private static Tensor[] List(int seed) =>
        [seed % 2 == 0 ? Seeded(seed, 2, 3) : SeededStrided(seed, 2, 3), Seeded(seed + 10, 2), Seeded(seed + 20)];

    private static Tensor[] Positives(int seed) => [Positive(seed, 2, 3), Positive(seed + 10, 2), Positive(seed + 20)];

    private static Tensor Matrix32(int seed) => Float32(seed, 3, 2);

    private static Settings SgdSettings(long n, bool momentum, bool nesterov, bool maximize) =>
        new ForeachSgdSettings(n, momentum, nesterov, maximize);

    private static Settings AdamSettings(long n, bool amsgrad, bool maximize) =>
        new ForeachAdamSettings(n, 1e-8, amsgrad, maximize);
}
