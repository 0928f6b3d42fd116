namespace Brachy.Ranks.Tests;

/// <summary>Tensors beside others.</summary>
internal static class Compare
{
    public static void Close(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.True(expected.Type.Equals(actual.Type), $"{what}: {actual.Type} in place of {expected.Type}");
        var (left, right) = (expected.to(DType.Float64).ToArray<double>(), actual.to(DType.Float64).ToArray<double>());
        for (var i = 0; i < left.Length; i++)
        {
            Assert.True(
                left[i].Equals(right[i]) || Math.Abs(left[i] - right[i]) <= tolerance * (1 + Math.Abs(left[i])),
                $"{what}, element {i}: {right[i]:R} in place of {left[i]:R}");
        }
    }

    public static void Close(StructureTree expected, StructureTree actual, double tolerance)
    {
        Assert.Equal(expected.Tensors().Select(t => t.Path), actual.Tensors().Select(t => t.Path));
        foreach (var ((path, left), (_, right)) in expected.Tensors().Zip(actual.Tensors()))
        {
            Close(left, right, tolerance, path);
        }
    }
}
