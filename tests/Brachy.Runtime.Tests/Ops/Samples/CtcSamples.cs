using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

/// <summary>The loss of sequences.</summary>
public static class CtcSamples
{
    private const string OtherGradient = "libtorch's gradient is right behind log_softmax only";

    public static IEnumerable<OpSample> All =>
    [
        .. Both("two sequences", 5, 4, [[1, 2], [3, 1]], [5, 4], [2, 1]),
        .. Both("repeats", 6, 3, [[1, 1, 2]], [6], [3]),
        .. Both("another blank, no target", 4, 3, [[0, 1], [2, 2]], [4, 3], [2, 0], blank: 2),
        .. Both("as long as the input", 2, 3, [[1, 2]], [2], [2]),
        new(F.CtcLoss, "float32", () => [Float32(0, 4, 1, 3), Whole([1, 2], 1, 2), Whole([4], 1), Whole([2], 1)], Blank(0)),
        new(F.CtcLoss, "impossible", () => [Reals(2, 1, 3), Whole([1, 2, 1], 1, 3), Whole([2], 1), Whole([3], 1)], Blank(0))
        {
            DifferentiateBy = []
        },
    ];

    private static IEnumerable<OpSample> Both(
        string name, long steps, long classes, long[][] targets, long[] inputs, long[] lengths, long blank = 0)
    {
        var count = targets.Length;
        Tensor[] Operands() =>
        [
            Make.Real([steps, count, classes]), Whole([.. targets.SelectMany(t => t)], count, targets[0].Length), Whole(inputs, count),
            Whole(lengths, count),
        ];
        yield return new(F.CtcLoss, name, Operands, Blank(blank)) { NoAutograd = OtherGradient };
        yield return new(F.CtcLossBackward, name, () => [Make.Real([count], seed: 12), .. Operands()], Blank(blank))
        {
            NoAutograd = OtherGradient
        };
    }

    private static Settings Blank(long blank) => new CtcSettings(blank);
}
