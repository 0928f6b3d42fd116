using System.Buffers.Binary;
using System.IO.Compression;

namespace Quickstart.Data;

/// <summary>Reads one file of unsigned bytes in the IDX format, plain or gzipped.</summary>
internal static class IdxFile
{
    /// <summary>A header that claims more items than this is refused, so that a small gzip file cannot fill the memory.</summary>
    public const int MaxItems = 300_000;

    private const int UnsignedByte = 0x08;
    private const int FirstBufferBytes = 1 << 20;

    /// <summary>Reads the items of a file; each has the shape <paramref name="itemShape"/>.</summary>
    public static byte[] Read(string path, params ReadOnlySpan<int> itemShape)
    {
        using FileStream file = File.OpenRead(path);
        try
        {
            if (!IsGzip(file))
            {
                return ReadItems(path, file, itemShape);
            }

            using var inflated = new GZipStream(file, CompressionMode.Decompress);
            byte[] data = ReadItems(path, inflated, itemShape);
            CheckTrailer(path, file, (uint)(HeaderBytes(itemShape) + data.Length));
            return data;
        }
        catch (InvalidDataException corrupt)
        {
            throw new DataFormatException($"{path}: expected gzip data, found a damaged gzip stream", corrupt);
        }
    }

    /// <summary>The content decides, not the name: browsers unpack downloads and keep the ".gz", or the reverse.</summary>
    private static bool IsGzip(FileStream file)
    {
        bool gzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return gzip;
    }

    /// <summary>The gzip reader accepts a file cut inside its trailer, which ends in the unpacked length.</summary>
    private static void CheckTrailer(string path, FileStream file, uint unpacked)
    {
        Span<byte> trailer = stackalloc byte[sizeof(uint)];
        file.Position = file.Length - trailer.Length;
        file.ReadExactly(trailer);
        uint found = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        if (found != unpacked)
        {
            throw new DataFormatException($"{path}: expected a gzip trailer for {unpacked} bytes, found {found}");
        }
    }

    private static byte[] ReadItems(string path, Stream stream, ReadOnlySpan<int> itemShape)
    {
        int count = ReadHeader(path, stream, itemShape);
        int itemBytes = 1;
        foreach (int dimension in itemShape)
        {
            itemBytes *= dimension;
        }

        int expected = count * itemBytes;
        byte[] data = ReadAtMost(stream, expected);
        if (data.Length < expected)
        {
            throw new DataFormatException(
                $"{path}: expected {expected} bytes after the header for {count} items, found {data.Length}");
        }

        // Reading past the end also makes the gzip reader verify its checksum.
        if (stream.ReadByte() >= 0)
        {
            throw new DataFormatException(
                $"{path}: expected {expected} bytes after the header for {count} items, found more");
        }

        return data;
    }

    /// <summary>The magic number, the count and each dimension of an item.</summary>
    private static int HeaderBytes(ReadOnlySpan<int> itemShape) => sizeof(int) * (2 + itemShape.Length);

    private static int ReadHeader(string path, Stream stream, ReadOnlySpan<int> itemShape)
    {
        int expectedBytes = HeaderBytes(itemShape);
        byte[] header = ReadAtMost(stream, expectedBytes);
        if (header.Length < expectedBytes)
        {
            throw new DataFormatException($"{path}: expected a header of {expectedBytes} bytes, found {header.Length}");
        }

        int magic = BinaryPrimitives.ReadInt32BigEndian(header);
        int expectedMagic = (UnsignedByte << 8) | (1 + itemShape.Length);
        if (magic != expectedMagic)
        {
            throw new DataFormatException($"{path}: expected magic number 0x{expectedMagic:X8}, found 0x{magic:X8}");
        }

        uint count = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(sizeof(int)));
        if (count is 0 or > MaxItems)
        {
            throw new DataFormatException($"{path}: expected 1 to {MaxItems} items, found {count}");
        }

        for (int i = 0; i < itemShape.Length; i++)
        {
            uint dimension = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(sizeof(int) * (2 + i)));
            if (dimension != itemShape[i])
            {
                throw new DataFormatException(
                    $"{path}: expected {itemShape[i]} in dimension {i + 2} of the header, found {dimension}");
            }
        }

        return (int)count;
    }

    /// <summary>Reads up to <paramref name="length"/> bytes; memory grows with what is there, not with what is promised.</summary>
    private static byte[] ReadAtMost(Stream stream, int length)
    {
        var data = new byte[Math.Min(length, FirstBufferBytes)];
        int filled = 0;
        while (filled < length)
        {
            if (filled == data.Length)
            {
                Array.Resize(ref data, (int)Math.Min(2L * data.Length, length));
            }

            int read = stream.Read(data, filled, data.Length - filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        Array.Resize(ref data, filled);
        return data;
    }
}
