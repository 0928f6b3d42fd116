namespace Brachy.Tests.OnnxFiles;

/// <summary>Compares tensors.</summary>
internal static class Close
{
    /// <summary>
    /// Says where tensors differ: by shape, element type, or a value by more than a relative difference; null where they do not.
    /// </summary>
    public static string? Difference(Tensor expected, Tensor actual, double tolerance)
    {
        if (expected.shape != actual.shape || expected.dtype != actual.dtype)
        {
            return $"expected {expected.Type}, got {actual.Type}";
        }

        var (e, a) = (expected.to(DType.Float64).ToArray<double>(), actual.to(DType.Float64).ToArray<double>());
        for (var i = 0; i < e.Length; i++)
        {
            if (!e[i].Equals(a[i]) && !(Math.Abs(e[i] - a[i]) <= tolerance * (1 + Math.Abs(e[i]))))
            {
                return $"element {i}: expected {e[i]:R}, got {a[i]:R}";
            }
        }

        return null;
    }

    /// <summary>Fails where tensors differ.</summary>
    public static void Assert(Tensor expected, Tensor actual, double tolerance = 1e-5) =>
        Xunit.Assert.True(Difference(expected, actual, tolerance) is null, Difference(expected, actual, tolerance));
}
