using System.Runtime.InteropServices;
using Brachy.Native;
using TorchSharp;

namespace Brachy.IO;

/// <summary>Fills a span with the next bytes.</summary>
internal delegate void ByteSource(Span<byte> bytes);

/// <summary>Moves the elements of tensors between memory and files, a piece at a time.</summary>
internal static class TensorMemory
{
    private const long ChunkElements = 1L << 24;

    /// <summary>Gives the elements of memory that is in use, in row-major order.</summary>
    public static void Write(Buffer buffer, ByteSink sink)
    {
        using var scope = torch.NewDisposeScope();
        var elements = buffer.AsTorch().cpu().contiguous().reshape(-1);
        for (var start = 0L; start < elements.numel(); start += ChunkElements)
        {
            using var chunk = elements.narrow(0, start, Math.Min(ChunkElements, elements.numel() - start));
            sink(chunk.bytes);
        }
    }

    /// <summary>A tensor with elements from a file. The caller has made sure that the file has them.</summary>
    public static Tensor Read(CheckpointFile file, long offset, TensorType type)
    {
        using var scope = torch.NewDisposeScope();
        using var bytes = StoredBytes.Open(file, offset, type.ByteSize, "a tensor");
        return new Tensor(type, new Buffer(ReadMemory(file, bytes, type.Shape.Sizes, type.DType), type.ByteSize, isShared: false));
    }

    /// <summary>Memory with elements from a file, in the dispose scope of the caller.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="bytes">Where the elements come from; it has all of them.</param>
    /// <param name="sizes">The shape.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="isSwapped">Whether the bytes of an element stand in the other order.</param>
    /// <exception cref="CheckpointException">There is not so much memory, or the file cannot be read.</exception>
    public static torch.Tensor ReadMemory(CheckpointFile file, StoredBytes bytes, long[] sizes, DType dtype, bool isSwapped = false)
    {
        return ReadMemory(file, Read, sizes, dtype);

        void Read(Span<byte> piece)
        {
            bytes.Read(piece);
            if (isSwapped)
            {
                Swap(piece, dtype.ItemSize());
            }
        }
    }

    /// <summary>Memory with elements that something gives in row-major order, in the dispose scope of the caller.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="source">Fills a span with the next whole elements.</param>
    /// <param name="sizes">The shape.</param>
    /// <param name="dtype">The element type.</param>
    /// <exception cref="CheckpointException">There is not so much memory.</exception>
    public static torch.Tensor ReadMemory(CheckpointFile file, ByteSource source, long[] sizes, DType dtype)
    {
        NativeRuntime.EnsureLoaded();
        var memory = Allocate(file, sizes, dtype);
        using var elements = memory.view(-1);
        for (var start = 0L; start < elements.numel(); start += ChunkElements)
        {
            using var chunk = elements.narrow(0, start, Math.Min(ChunkElements, elements.numel() - start));
            var piece = chunk.bytes;
            source(piece);
            if (dtype == DType.Bool)
            {
                Normalize(piece);
            }
        }

        return memory;
    }

    /// <summary>A matrix with rows and columns exchanged, in memory of its own.</summary>
    public static Tensor Transposed(Tensor matrix)
    {
        using var use = matrix.Use();
        using var view = use.Buffer.AsTorch().t();
        var type = matrix.Type.WithShape([matrix.shape[1], matrix.shape[0]]);
        return new Tensor(type, new Buffer(view.contiguous(), type.ByteSize, isShared: false));
    }

    /// <summary>Turns the bytes of each element round.</summary>
    public static void Swap(Span<byte> bytes, int itemSize)
    {
        for (var at = 0; itemSize > 1 && at + itemSize <= bytes.Length; at += itemSize)
        {
            bytes.Slice(at, itemSize).Reverse();
        }
    }

    /// <summary>A file with holes may be longer than any memory.</summary>
    private static torch.Tensor Allocate(CheckpointFile file, long[] sizes, DType dtype)
    {
        try
        {
            return torch.empty(sizes, dtype: dtype.ToTorch());
        }
        catch (ExternalException error)
        {
            throw new CheckpointException(
                file.Path, $"has a tensor {new TensorType(sizes, dtype)}, which does not fit into memory", inner: error);
        }
    }

    /// <summary>Native code takes only 0 and 1 for truth values.</summary>
    public static void Normalize(Span<byte> bytes)
    {
        foreach (ref var value in bytes)
        {
            value = value == 0 ? (byte)0 : (byte)1;
        }
    }
}
