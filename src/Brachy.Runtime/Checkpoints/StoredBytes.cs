using System.IO.Compression;

namespace Brachy.IO;

/// <summary>Bytes that are read once and in order: a part of a file, or what that part unpacks to.</summary>
internal sealed class StoredBytes : IDisposable
{
    private readonly CheckpointFile _file;
    private readonly string _name;
    private readonly DeflateStream? _unpacked;
    private long _at;

    private StoredBytes(CheckpointFile file, string name, long offset, long stored, long length, bool isDeflated)
    {
        (_file, _name, _at, Left) = (file, name, offset, length);
        _unpacked = isDeflated ? new DeflateStream(new FileRange(file, offset, stored), CompressionMode.Decompress) : null;
    }

    /// <summary>How many bytes are not yet read.</summary>
    public long Left { get; private set; }

    public static StoredBytes Open(CheckpointFile file, long offset, long length, string name) =>
        new(file, name, offset, length, length, isDeflated: false);

    public static StoredBytes Open(CheckpointFile file, ZipEntry entry) =>
        new(file, $"'{entry.Name}'", entry.Offset, entry.Stored, entry.Length, entry.IsDeflated);

    /// <summary>Fills a span that is not longer than what is left.</summary>
    /// <exception cref="CheckpointException">The file ends, or does not unpack to what it says.</exception>
    public void Read(Span<byte> bytes)
    {
        if (_unpacked is null)
        {
            _file.Read(_at, bytes);
        }
        else
        {
            Unpack(bytes);
        }

        _at += bytes.Length;
        Left -= bytes.Length;
        if (Left == 0 && _unpacked is not null)
        {
            RequireEnd(_unpacked);
        }
    }

    public void Dispose() => _unpacked?.Dispose();

    private void Unpack(Span<byte> bytes)
    {
        try
        {
            _unpacked!.ReadExactly(bytes);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw _file.Damaged($"{_name} does not unpack to the bytes that the archive says");
        }
    }

    private void RequireEnd(DeflateStream stream)
    {
        try
        {
            if (stream.ReadByte() < 0)
            {
                return;
            }
        }
        catch (InvalidDataException)
        {
        }

        throw _file.Damaged($"{_name} unpacks to more bytes than the archive says");
    }
}
