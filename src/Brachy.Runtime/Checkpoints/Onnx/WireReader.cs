using System.Buffers.Binary;
using System.Text;

namespace Brachy.IO;

/// <summary>A part of a file, from its first byte to the one behind its last.</summary>
internal readonly record struct WireRange(long Start, long End)
{
    public long Length => End - Start;
}

/// <summary>
/// Numbers and texts of protobuf's wire format, at any position of a file, of which one small window is held. Source of the format:
/// https://protobuf.dev/programming-guides/encoding.
/// </summary>
internal sealed class WireReader(CheckpointFile file)
{
    // Names of tensors, nodes and files; real ones have some hundred bytes.
    private const int MaxText = 1 << 16;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _window = new byte[1 << 14];
    private long _start;
    private int _count;

    public CheckpointFile File { get; } = file;

    /// <summary>A number of up to 64 bits, seven in each byte.</summary>
    public ulong Varint(ref long at, long end)
    {
        var (first, value) = (at, 0ul);
        for (var shift = 0; ; shift += 7)
        {
            if (at >= end)
            {
                throw new WireException($"has a number at byte {first} that is cut short");
            }

            var next = ByteAt(at++);
            if (shift == 63 && next > 1)
            {
                throw new WireException($"has a number of more than 64 bits at byte {first}");
            }

            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    /// <summary>A number of 4 or 8 bytes.</summary>
    public ulong Fixed(ref long at, long end, int size)
    {
        if (size > end - at)
        {
            throw new WireException($"has a number at byte {at} that is cut short");
        }

        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        for (var i = 0; i < size; i++)
        {
            bytes[i] = ByteAt(at++);
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public string Text(WireRange range)
    {
        if (range.Length > MaxText)
        {
            throw new WireException($"has a text of {range.Length} bytes at byte {range.Start}, more than the {MaxText} that are allowed");
        }

        var bytes = File.Read(range.Start, range.Length, "a text");
        try
        {
            return s_utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new WireException($"has a text at byte {range.Start} that is not UTF-8");
        }
    }

    private byte ByteAt(long at)
    {
        if (at < _start || at >= _start + _count)
        {
            (_start, _count) = (at, 0);
            var count = (int)Math.Min(_window.Length, File.Length - at);
            File.Read(at, _window.AsSpan(0, count));
            _count = count;
        }

        return _window[at - _start];
    }
}
