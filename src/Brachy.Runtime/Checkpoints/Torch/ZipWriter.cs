using System.Text;

namespace Brachy.IO;

/// <summary>Takes bytes, piece by piece.</summary>
internal delegate void ByteSink(ReadOnlySpan<byte> bytes);

/// <summary>
/// Writes a zip archive of stored files whose bytes begin at multiples of 64, as PyTorch does to map them into memory.
/// Source of the format: PKWARE's APPNOTE.TXT, 4.3.
/// </summary>
/// <param name="stream">Where to; it is written from its beginning, in order.</param>
/// <param name="limit">Lengths and places from here on take 64 bits.</param>
internal sealed class ZipWriter(Stream stream, long limit = uint.MaxValue)
{
    private const int Alignment = 64;
    private const ushort Version = 45;
    private const ushort Utf8Names = 0x0800;
    private const ushort FirstDay = 0x0021;
    private readonly BinaryWriter _writer = new(stream, Encoding.UTF8, leaveOpen: true);
    private readonly MemoryStream _directory = new();
    private long _count;

    /// <summary>Appends a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="length">Its length.</param>
    /// <param name="produce">Gives its bytes; called twice, as their checksum stands before them.</param>
    public void Add(string name, long length, Action<ByteSink> produce)
    {
        var crc = 0u;
        produce(bytes => crc = Crc32.Append(crc, bytes));
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var place = stream.Position;
        WriteLocal(nameBytes, length, crc, place);
        produce(bytes => stream.Write(bytes));
        WriteCentral(nameBytes, length, crc, place);
        _count++;
    }

    /// <summary>Appends a small file.</summary>
    public void Add(string name, byte[] bytes) => Add(name, bytes.Length, sink => sink(bytes));

    /// <summary>Writes the directory; nothing may follow.</summary>
    public void Finish()
    {
        var (start, size) = (stream.Position, _directory.Length);
        _directory.WriteTo(stream);
        if (start >= limit || size >= limit || _count >= Math.Min(limit, ushort.MaxValue))
        {
            var end64 = stream.Position;
            _writer.Write(ZipDirectory.End64);
            _writer.Write((long)ZipDirectory.End64Size - 12);
            _writer.Write(Version);
            _writer.Write(Version);
            _writer.Write(0L);
            _writer.Write(_count);
            _writer.Write(_count);
            _writer.Write(size);
            _writer.Write(start);
            _writer.Write(ZipDirectory.End64Locator);
            _writer.Write(0);
            _writer.Write(end64);
            _writer.Write(1);
        }

        _writer.Write(ZipDirectory.End);
        _writer.Write(0);
        _writer.Write((ushort)Math.Min(_count, ushort.MaxValue));
        _writer.Write((ushort)Math.Min(_count, ushort.MaxValue));
        _writer.Write(Short(size));
        _writer.Write(Short(start));
        _writer.Write((ushort)0);
        _writer.Flush();
    }

    private void WriteLocal(byte[] name, long length, uint crc, long place)
    {
        var wide = length >= limit ? 20 : 0;
        var unpadded = place + ZipDirectory.LocalSize + name.Length + wide + 4;
        var padding = (int)((Alignment - (unpadded % Alignment)) % Alignment);
        _writer.Write(ZipDirectory.LocalHeader);
        WriteCommon(_writer, crc, length);
        _writer.Write((ushort)name.Length);
        _writer.Write((ushort)(wide + 4 + padding));
        _writer.Write(name);
        if (wide > 0)
        {
            _writer.Write((ushort)1);
            _writer.Write((ushort)16);
            _writer.Write(length);
            _writer.Write(length);
        }

        // PyTorch's own kind of field for padding.
        _writer.Write("FB"u8);
        _writer.Write((ushort)padding);
        _writer.Write(Enumerable.Repeat((byte)'Z', padding).ToArray());
        _writer.Flush();
    }

    private void WriteCentral(byte[] name, long length, uint crc, long place)
    {
        using var writer = new BinaryWriter(_directory, Encoding.UTF8, leaveOpen: true);
        var wide = (length >= limit ? 16 : 0) + (place >= limit ? 8 : 0);
        writer.Write(ZipDirectory.CentralHeader);
        writer.Write(Version);
        WriteCommon(writer, crc, length);
        writer.Write((ushort)name.Length);
        writer.Write((ushort)(wide > 0 ? wide + 4 : 0));
        writer.Write((ushort)0);
        writer.Write((ushort)0);
        writer.Write((ushort)0);
        writer.Write(0);
        writer.Write(Short(place));
        writer.Write(name);
        if (wide > 0)
        {
            writer.Write((ushort)1);
            writer.Write((ushort)wide);
            if (length >= limit)
            {
                writer.Write(length);
                writer.Write(length);
            }

            if (place >= limit)
            {
                writer.Write(place);
            }
        }
    }

    /// <summary>What both headers say: version, flags, no compression, a fixed time, checksum and lengths.</summary>
    private void WriteCommon(BinaryWriter writer, uint crc, long length)
    {
        writer.Write(Version);
        writer.Write(Utf8Names);
        writer.Write((ushort)0);
        writer.Write((ushort)0);
        writer.Write(FirstDay);
        writer.Write(crc);
        writer.Write(Short(length));
        writer.Write(Short(length));
    }

    private uint Short(long value) => value >= limit ? uint.MaxValue : (uint)value;
}
