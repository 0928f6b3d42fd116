using System.Runtime.InteropServices;
using Brachy.Native;
using TorchSharp;

namespace Brachy.IO;

/// <summary>An array of numbers that was found in a pickle and is not yet a tensor.</summary>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="IsColumnMajor">Whether the first dim is the fastest.</param>
/// <param name="Data">Its bytes.</param>
internal sealed record NumpyArray(NumpyType Type, long[] Shape, bool IsColumnMajor, byte[] Data)
{
    /// <summary>The tensor, or the complex one.</summary>
    public object ToTensor()
    {
        var (dtype, stored, isComplex) = Type.Tensor!.Value;
        NativeRuntime.EnsureLoaded();
        using var scope = torch.NewDisposeScope();
        var values = torch.empty([Data.LongLength / stored.ItemSize()], dtype: dtype.ToTorch());
        Fill(values.bytes, dtype, stored);
        long[] inner = isComplex ? [2] : [];
        if (IsColumnMajor && Shape.Length > 1)
        {
            long[] order =
                [.. Enumerable.Range(0, Shape.Length).Reverse().Select(d => (long)d), .. isComplex ? [Shape.Length] : Array.Empty<long>()];
            values = values.reshape([.. Shape.Reverse(), .. inner]).permute(order).contiguous();
        }
        else
        {
            values = values.reshape([.. Shape, .. inner]);
        }

        var type = new TensorType(Brachy.Shape.Own(values.shape), dtype);
        var tensor = new Tensor(type, new Buffer(values, type.ByteSize, isShared: false));
        return isComplex ? new ComplexTensor(tensor) : tensor;
    }

    private void Fill(Span<byte> memory, DType dtype, DType stored)
    {
        var data = Data;
        if (Type.IsSwapped)
        {
            data = (byte[])data.Clone();
            TensorMemory.Swap(data, stored.ItemSize());
        }

        if (dtype == stored)
        {
            data.CopyTo(memory);
        }
        else if (stored == DType.Int16)
        {
            var to = MemoryMarshal.Cast<byte, int>(memory);
            var from = MemoryMarshal.Cast<byte, ushort>(data);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = from[i];
            }
        }
        else
        {
            var to = MemoryMarshal.Cast<byte, long>(memory);
            var from = MemoryMarshal.Cast<byte, uint>(data);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = from[i];
            }
        }

        if (dtype == DType.Bool)
        {
            TensorMemory.Normalize(memory);
        }
    }
}
