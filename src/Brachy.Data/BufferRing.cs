using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Brachy.Data;

/// <summary>Pinned memory of batches, used again and again: a piece comes back when nothing uses the tensor over it any more.</summary>
internal sealed class BufferRing(bool reuse)
{
    private const int Alignment = 64;
    private const int SmallestSize = 256;

    private readonly ConcurrentDictionary<int, ConcurrentStack<byte[]>> _free = new();
    private volatile bool _isClosed;
    private int _count;

    /// <summary>How many pieces there are, free and in use.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many of them are free.</summary>
    public int FreeCount => _free.Values.Sum(stack => stack.Count);

    /// <summary>A tensor over memory full of zeros.</summary>
    /// <param name="type">What it is, on the CPU; it has elements.</param>
    /// <param name="memory">Its elements in row-major order, to write to.</param>
    /// <exception cref="ArgumentException">It is larger than 2 GB.</exception>
    public Tensor Take(TensorType type, out Memory<byte> memory)
    {
        if (type.ByteSize > Array.MaxLength / 2)
        {
            throw new ArgumentException(
                $"A tensor {type} of a batch has {type.ByteSize} bytes, and can have {Array.MaxLength / 2} at most; make smaller batches.");
        }

        // Sizes in steps, so that batches of many widths share memory.
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(type.ByteSize, SmallestSize));
        if (!_free.GetOrAdd(size, _ => new()).TryPop(out var piece))
        {
            piece = GC.AllocateUninitializedArray<byte>(size + Alignment, pinned: true);
            Interlocked.Increment(ref _count);
        }

        var address = AddressOf(piece);
        var start = (int)(-address & (Alignment - 1));
        memory = piece.AsMemory(start, (int)type.ByteSize);
        memory.Span.Clear();
        try
        {
            return Tensor.OverMemory(type, address + start, () => Return(size, piece));
        }
        catch
        {
            Return(size, piece);
            throw;
        }
    }

    /// <summary>Lets go of what is free, and of what comes back from now on.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var stack in _free.Values)
        {
            while (stack.TryPop(out _))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }

    private static unsafe nint AddressOf(byte[] pinned) => (nint)Unsafe.AsPointer(ref pinned[0]);

    private void Return(int size, byte[] piece)
    {
        if (!reuse)
        {
            Interlocked.Decrement(ref _count);
            return;
        }

        _free[size].Push(piece);
        if (_isClosed)
        {
            Close();
        }
    }
}
