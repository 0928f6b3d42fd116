using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

/// <summary>Bags of rows.</summary>
public static class BagSamples
{
    public static IEnumerable<OpSample> All =>
    [
        new(F.BagNumbers, "three bags", () => [Whole([0, 2, 3], 3)], Bags(5, false)),
        new(F.BagNumbers, "empty bags", () => [Whole([0, 0, 2, 2, 5], 5)], Bags(5, false)),
        new(F.BagNumbers, "the end given", () => [Whole([0, 2, 5], 3)], Bags(5, true)),
        new(F.BagNumbers, "no elements", () => [Whole([0, 0], 2)], Bags(0, false)),
        new(F.BagMax, "rows in any order", () => [Reals(5, 3), Whole([2, 0, 2, 0, 0], 5)], Count(3)),
        new(F.BagMax, "an empty bag, transposed", () => [Strided(4, 2), Whole([2, 2, 0, 3], 4)], Count(5)),
        new(F.BagMax, "no rows", () => [Reals(0, 2), Whole([], 0)], Count(2)),
        new(F.BagMax, "float32", () => [Float32(0, 4, 3), Whole([0, 1, 1, 0], 4)], Count(2)),
    ];

    private static Settings Bags(long count, bool includesEnd) => new BagNumbersSettings(count, includesEnd);

    private static Settings Count(long bags) => new BagMaxSettings(bags);
}
