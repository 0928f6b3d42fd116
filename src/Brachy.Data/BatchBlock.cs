using System.Runtime.InteropServices;

namespace Brachy.Data;

/// <summary>A tensor of a batch that is being made, and its memory.</summary>
/// <typeparam name="T">The .NET type of its elements.</typeparam>
public readonly struct BatchBlock<T>
    where T : unmanaged
{
    private readonly Memory<byte> _memory;

    internal BatchBlock(Tensor tensor, Memory<byte> memory) => (Tensor, _memory) = (tensor, memory);

    /// <summary>The tensor, for the batch that is returned.</summary>
    public Tensor Tensor { get; }

    /// <summary>All elements in row-major order, zero at first. To be written until the batch is returned, and not after.</summary>
    public Span<T> Span => MemoryMarshal.Cast<byte, T>(_memory.Span);

    /// <summary>The elements of one index of the first dim.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such index.</exception>
    public Span<T> Row(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Tensor.ndim == 0 ? 0 : Tensor.shape[0]);
        var length = Span.Length / (int)Tensor.shape[0];
        return Span.Slice(index * length, length);
    }
}
