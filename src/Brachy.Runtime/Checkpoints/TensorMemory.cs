using Brachy.Native;
using TorchSharp;

namespace Brachy;

/// <summary>Moves the elements of tensors between memory and files, a piece at a time.</summary>
internal static class TensorMemory
{
    private const long ChunkElements = 1L << 24;

    /// <summary>Writes the elements in row-major order.</summary>
    public static void Write(Tensor tensor, Stream stream)
    {
        using var scope = torch.NewDisposeScope();
        var elements = tensor.Buffer.AsTorch().cpu().contiguous().reshape(-1);
        for (var start = 0L; start < elements.numel(); start += ChunkElements)
        {
            using var chunk = elements.narrow(0, start, Math.Min(ChunkElements, elements.numel() - start));
            stream.Write(chunk.bytes);
        }
    }

    /// <summary>A tensor with elements from a file. The caller has made sure that the file has them.</summary>
    public static Tensor Read(CheckpointFile file, long offset, TensorType type)
    {
        NativeRuntime.EnsureLoaded();
        using var scope = torch.NewDisposeScope();
        var memory = torch.empty(type.Shape.Sizes, dtype: type.DType.ToTorch());
        var elements = memory.view(-1);
        for (var start = 0L; start < elements.numel(); start += ChunkElements)
        {
            using var chunk = elements.narrow(0, start, Math.Min(ChunkElements, elements.numel() - start));
            var bytes = chunk.bytes;
            file.Read(offset + (start * type.DType.ItemSize()), bytes);
            if (type.DType == DType.Bool)
            {
                Normalize(bytes);
            }
        }

        return new Tensor(type, new Buffer(memory, type.ByteSize, isShared: false));
    }

    /// <summary>Native code takes only 0 and 1 for truth values.</summary>
    private static void Normalize(Span<byte> bytes)
    {
        foreach (ref var value in bytes)
        {
            value = value == 0 ? (byte)0 : (byte)1;
        }
    }
}
