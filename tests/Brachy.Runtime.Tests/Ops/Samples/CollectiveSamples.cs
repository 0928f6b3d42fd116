namespace Brachy.Tests.Ops.Samples;

/// <summary>Rows of what samples of a batch give each other: the only sample of its batch, which is what a kernel can compute.</summary>
internal static class CollectiveSamples
{
    private static readonly AxisSettings s_alone = new(new NamedAxis("batch", 1));

    public static IEnumerable<OpSample> All { get; } =
    [
        .. new[] { F.PSum, F.PMax, F.PMin, F.AllGather }.SelectMany(primitive => new[]
        {
            new OpSample(primitive, "matrix", () => [Make.Real([2, 3])], s_alone),
            new OpSample(primitive, "no dims, float32", () => [Make.Real([], DType.Float32)], s_alone),
        }),
        new(F.AxisIndex, "alone", () => [], s_alone),
    ];
}
