using System.Text;

namespace Brachy.Models.Tests.Vision;

/// <summary>Weights as a function of a tensor's name and an element's index: what Fixtures/vision.py computes too.</summary>
internal static class FormulaWeights
{
    /// <summary>The tree with such values, float64; counts of batches stay.</summary>
    public static StructureTree Filled(StructureTree tree) => tree.MapParamsBuffers(
        (path, tensor) => tensor.dtype.IsFloatingPoint() ? Value(path, tensor.shape) : tensor);

    /// <summary>Numbers from -0.5 to 0.5.</summary>
    public static double[] Numbers(string name, long count)
    {
        var seed = Encoding.UTF8.GetBytes(name).Aggregate(0u, (hash, c) => unchecked((hash * 31) + c));
        var numbers = new double[count];
        for (var i = 0; i < count; i++)
        {
            unchecked
            {
                var x = ((uint)i + seed) * 0x9E3779B1;
                x = (x ^ (x >> 15)) * 0x85EBCA77;
                x = (x ^ (x >> 13)) * 0xC2B2AE3D;
                numbers[i] = ((x ^ (x >> 16)) / 4294967296.0) - 0.5;
            }
        }

        return numbers;
    }

    /// <summary>Two images.</summary>
    public static Tensor Images(long size) =>
        Tensor.FromArray(Array.ConvertAll(Numbers("input", 2 * 3 * size * size), u => 2 * u), [2, 3, size, size]);

    private static Tensor Value(string path, Shape shape)
    {
        var u = Numbers(path, shape.NumElements);
        var last = path[(path.LastIndexOf('.') + 1)..];
        Func<double, double> value = last switch
        {
            "running_var" => x => 1 + (0.5 * x),
            "weight" when shape.Rank == 1 => x => 1 + (0.2 * x),
            _ when last.EndsWith("weight", StringComparison.Ordinal) => x => x * (2 * Math.Sqrt(6.0 * shape[0] / shape.NumElements)),
            _ when last == "running_mean" || last.EndsWith("bias", StringComparison.Ordinal) => x => 0.1 * x,
            _ => x => x,
        };
        return Tensor.FromArray(Array.ConvertAll(u, x => value(x)), shape);
    }
}
