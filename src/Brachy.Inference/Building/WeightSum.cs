using System.Buffers.Binary;
using System.Numerics;

namespace Brachy.Inference;

/// <summary>A checksum of weights, which tells those of one export from those of another, and finds what changed by accident.</summary>
internal sealed class WeightSum
{
    private const int WordBytes = 8;

    private ulong _sum;
    private ulong _length;
    private ulong _word;
    private int _held;

    /// <summary>The sum of all bytes so far.</summary>
    public ulong Value => Mixed(Mixed(_sum, _word), _length);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _length += (ulong)bytes.Length;
        for (; bytes.Length > 0 && _held > 0; bytes = bytes[1..])
        {
            Add(bytes[0]);
        }

        for (; bytes.Length >= WordBytes; bytes = bytes[WordBytes..])
        {
            _sum = Mixed(_sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            Add(value);
        }
    }

    private void Add(byte value)
    {
        _word |= (ulong)value << (8 * _held);
        if (++_held == WordBytes)
        {
            (_sum, _word, _held) = (Mixed(_sum, _word), 0, 0);
        }
    }

    // Without the rotation, what differs in the highest bits of two words would cancel out: two signs.
    private static ulong Mixed(ulong sum, ulong word) => BitOperations.RotateLeft((sum ^ word) * 0x9E3779B97F4A7C15UL, 29);
}
