using System.Globalization;
using System.Text;
using TorchSharp;

namespace Brachy;

/// <summary>
/// Reads values straight out of native memory. TorchSharp reads them through its Scalar, and prints them through parts of a tensor, which
/// the garbage collector may free while native code uses them; that ends the process.
/// </summary>
internal static class NativeValue
{
    /// <summary>The only element of a tensor of any type.</summary>
    public static double ReadDouble(torch.Tensor tensor) => Read<double>(tensor, torch.float64)[0];

    /// <summary>The only element of a tensor of integers or truth values.</summary>
    public static long ReadInt64(torch.Tensor tensor) => Read<long>(tensor, torch.int64)[0];

    /// <summary>
    /// The only element of memory that is in use, in main memory, without a detour through TorchSharp; null for
    /// types that C# does not have.
    /// </summary>
    public static unsafe Scalar? TryRead(Buffer buffer, DType dtype)
    {
        var memory = buffer.DenseMemory(1);
        return memory == 0 ? null : dtype switch
        {
            DType.Float32 => new Scalar(*(float*)memory),
            DType.Float64 => new Scalar(*(double*)memory),
            DType.Int64 => new Scalar(*(long*)memory),
            DType.Int32 => new Scalar((long)*(int*)memory),
            DType.Bool => new Scalar(*(byte*)memory != 0),
            _ => null,
        };
    }

    /// <summary>The values as NumPy prints them: rows in brackets, real numbers with five digits.</summary>
    public static string Print(torch.Tensor tensor, DType dtype, Shape shape)
    {
        string[] elements = shape.NumElements == 0 ? [] : dtype.IsFloatingPoint()
            ? Array.ConvertAll(Read<double>(tensor, torch.float64), v => v.ToString("g5", CultureInfo.InvariantCulture))
            : Array.ConvertAll(
                Read<long>(tensor, torch.int64), v => dtype == DType.Bool ? (v != 0).ToString() : v.ToString(CultureInfo.InvariantCulture));
        var text = new StringBuilder();
        var next = 0;
        Append(0);
        return text.ToString();

        void Append(int dim)
        {
            if (dim == shape.Rank)
            {
                text.Append(elements[next++]);
                return;
            }

            text.Append('[');
            for (var i = 0; i < shape[dim]; i++)
            {
                text.Append(i == 0 ? "" : dim == shape.Rank - 1 ? ", " : "\n" + new string(' ', dim + 1));
                Append(dim + 1);
            }

            text.Append(']');
        }
    }

    private static T[] Read<T>(torch.Tensor tensor, torch.ScalarType type)
        where T : unmanaged
    {
        using var cpu = tensor.cpu();
        using var wide = cpu.to(type);
        using var dense = wide.contiguous();
        return dense.data<T>().ToArray();
    }
}
