using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

/// <summary>Images and volumes read between their elements; the points lie within and outside, and not at a kink.</summary>
public static class GridSamples
{
    private static readonly string[] s_paddings = ["zeros", "border", "reflection"];

    public static IEnumerable<OpSample> All =>
    [
        .. from mode in new[] { "bilinear", "nearest", "bicubic" }
           from padding in s_paddings
           from align in new[] { false, true }
           from sample in Both($"images, {mode}, {padding}, {align}", mode, padding, align, [2, 2, 4, 3], [2, 3, 2, 2])
           select sample,
        .. from mode in new[] { "bilinear", "nearest" }
           from padding in s_paddings
           from align in new[] { false, true }
           from sample in Both($"volumes, {mode}, {padding}, {align}", mode, padding, align, [1, 2, 2, 3, 4], [1, 2, 1, 3, 3])
           select sample,
        .. Both("one element", "bilinear", "reflection", true, [1, 1, 1, 1], [1, 2, 2, 2]),
        .. Both("no batch", "bilinear", "zeros", false, [0, 2, 3, 3], [0, 2, 2, 2]),
        new(F.GridSample, "transposed", () => [Strided(1, 2, 4, 3), Points([1, 2, 3, 2])], Settings("bilinear", "zeros", false)),
        new(F.GridSample, "float32", () => [Float32(0, 1, 2, 4, 3), Points([1, 5, 4, 2]).to(DType.Float32)], Settings(
            "bicubic", "border", false)),
    ];

    private static IEnumerable<OpSample> Both(string name, string mode, string padding, bool align, long[] input, long[] grid)
    {
        var settings = Settings(mode, padding, align);
        Shape output = [input[0], input[1], .. grid[1..^1]];

        yield return new(F.GridSample, name, () => [Make.Real(input), Points(grid)], settings) { Tolerance = 1e-4 };
        yield return new(F.GridSampleBackward, name, () => [Make.Real(output, seed: 12), Make.Real(input), Points(grid)], settings)
        {
            NoAutograd = "libtorch has no derivative of this kernel",
            Tolerance = 1e-4,
        };
    }

    private static Tensor Points(Shape shape)
    {
        // A third lies outside; none falls on an element or an edge of the sizes above.
        var random = new Random(17);
        return Make.Of(shape, DType.Float64, _ => (random.Next(-9, 9) * 0.157) + 0.0311);
    }

    private static Settings Settings(string mode, string padding, bool align) =>
        new GridSampleSettings(mode, padding, align);
}
