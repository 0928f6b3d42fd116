using System.Buffers.Binary;
using System.Text;

namespace Brachy.IO;

/// <summary>
/// Reads where the files of a zip archive lie, zip64 included. Only files that lie inside the archive and do not overlap are accepted,
/// stored or deflated, and what is deflated may not be much longer than the file, so that a small one cannot fill the memory. Checksums
/// are not looked at, as in PyTorch, which may write files without them. Source of the format: PKWARE's APPNOTE.TXT, 4.3.
/// </summary>
internal static class ZipDirectory
{
    public const uint LocalHeader = 0x04034b50;
    public const uint CentralHeader = 0x02014b50;
    public const uint End = 0x06054b50;
    public const uint End64 = 0x06064b50;
    public const uint End64Locator = 0x07064b50;
    public const int LocalSize = 30;
    public const int CentralSize = 46;
    public const int EndSize = 22;
    public const int End64Size = 56;
    public const int LocatorSize = 20;
    private const long MaxDirectory = 1L << 28;
    private const long FreeUnpacked = 1L << 24;
    private const long UnpackedRatio = 32;

    /// <summary>The entries by name.</summary>
    public static Dictionary<string, ZipEntry> Read(CheckpointFile file)
    {
        var (start, size) = Find(file);
        if (size > MaxDirectory)
        {
            throw file.Refused($"the directory of the zip archive has {size} bytes");
        }

        var directory = file.Read(start, size, "the directory of the zip archive");
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        var spans = new List<(long Start, long End)>();
        var unpacked = (Int128)0;
        for (var at = 0; at < directory.Length;)
        {
            var (entry, local, next) = ReadEntry(file, directory, at, start);
            if (!entries.TryAdd(entry.Name, entry))
            {
                throw file.Damaged($"the zip archive has two entries of the name '{entry.Name}'");
            }

            spans.Add((local, entry.Offset + entry.Stored));
            unpacked += entry.IsDeflated ? entry.Length : 0;
            at = next;
        }

        if (unpacked > FreeUnpacked + (UnpackedRatio * (Int128)file.Length))
        {
            throw file.Refused(
                $"the zip archive unpacks to {unpacked} bytes, {unpacked / Math.Max(1, file.Length)} times its own length",
                "Unpack it, and pack it again without compression.");
        }

        spans.Sort();
        for (var i = 1; i < spans.Count; i++)
        {
            if (spans[i].Start < spans[i - 1].End)
            {
                throw file.Damaged($"two entries of the zip archive overlap at byte {spans[i].Start}");
            }
        }

        return entries;
    }

    private static (long Start, long Size) Find(CheckpointFile file)
    {
        var tailStart = Math.Max(0, file.Length - EndSize - ushort.MaxValue);
        var tail = file.Read(tailStart, file.Length - tailStart, "the end of the zip archive");
        for (var at = tail.Length - EndSize; at >= 0; at--)
        {
            var end = tail.AsSpan(at);
            if (U32(end, 0) == End && U16(end, 20) == end.Length - EndSize)
            {
                return Locate(file, end, tailStart + at);
            }
        }

        throw file.Damaged("the zip archive has no end record");
    }

    private static (long Start, long Size) Locate(CheckpointFile file, ReadOnlySpan<byte> end, long endAt)
    {
        var (size, start) = ((long)U32(end, 12), (long)U32(end, 16));
        var limit = endAt;
        if (endAt >= LocatorSize && file.Read(endAt - LocatorSize, LocatorSize, "the zip64 locator") is var locator
            && U32(locator, 0) == End64Locator)
        {
            var at = I64(locator, 8);
            var end64 = file.Read(at, End64Size, "the zip64 end record");
            if (U32(end64, 0) != End64)
            {
                throw file.Damaged($"there is no zip64 end record at byte {at}");
            }

            (size, start, limit) = (I64(end64, 40), I64(end64, 48), at);
        }

        return start >= 0 && size >= 0 && start <= limit - size
            ? (start, size)
            : throw file.Damaged(
                $"the directory of the zip archive would take {size} bytes from byte {start}, but its end record stands at {limit}");
    }

    private static (ZipEntry Entry, long Local, int Next) ReadEntry(CheckpointFile file, byte[] directory, int at, long limit)
    {
        var header = directory.AsSpan(at);
        if (header.Length < CentralSize || U32(header, 0) != CentralHeader)
        {
            throw file.Damaged($"the directory of the zip archive has no entry at its byte {at}");
        }

        var (nameLength, extraLength, commentLength) = (U16(header, 28), U16(header, 30), U16(header, 32));
        var total = CentralSize + nameLength + extraLength + commentLength;
        if (header.Length < total)
        {
            throw file.Damaged($"the entry at byte {at} of the directory of the zip archive is cut short");
        }

        var nameBytes = header.Slice(CentralSize, nameLength);
        var name = Encoding.UTF8.GetString(nameBytes);
        var method = U16(header, 10);
        if (method is not (0 or 8) || (U16(header, 8) & 1) != 0)
        {
            throw file.Refused(
                $"'{name}' is "
                + $"{((U16(header, 8) & 1) != 0 ? "encrypted" : FormattableString.Invariant($"compressed by method {method} of zip"))}",
                "PyTorch stores files as they are; unpack the archive and pack it again without compression.");
        }

        var (stored, length, local) = Sizes(file, header, name);
        if ((stored != length && method == 0) || stored < 0 || length < 0 || local < 0 || local > limit - LocalSize)
        {
            throw file.Damaged($"'{name}' has impossible sizes: {length} bytes, stored in {stored}, from byte {local}");
        }

        var localHeader = file.Read(local, LocalSize, $"the header of '{name}'");
        var dataAt = local + LocalSize + U16(localHeader, 26) + U16(localHeader, 28);
        if (U32(localHeader, 0) != LocalHeader || U16(localHeader, 26) != nameLength
            || !file.Read(local + LocalSize, nameLength, $"the name of '{name}'").AsSpan().SequenceEqual(nameBytes))
        {
            throw file.Damaged($"'{name}' does not stand at byte {local}, where the directory of the zip archive says");
        }

        return dataAt <= limit - stored
            ? (new ZipEntry(name, dataAt, stored, length, method == 8), local, at + total)
            : throw file.Damaged(
                $"'{name}' would take {stored} bytes from byte {dataAt}, but the directory of the zip archive begins at {limit}");
    }

    /// <summary>Stored length, length and place; what does not fit 32 bits stands in a field of its own.</summary>
    private static (long Stored, long Length, long Local) Sizes(CheckpointFile file, ReadOnlySpan<byte> header, string name)
    {
        var (stored, length, local) = ((long)U32(header, 20), (long)U32(header, 24), (long)U32(header, 42));
        var extra = header.Slice(CentralSize + U16(header, 28), U16(header, 30));
        while (extra.Length >= 4)
        {
            var (kind, fieldLength) = (U16(extra, 0), U16(extra, 2));
            if (fieldLength > extra.Length - 4)
            {
                throw file.Damaged($"an extra field of '{name}' is cut short");
            }

            if (kind == 1)
            {
                var field = extra.Slice(4, fieldLength);
                length = Next(ref field, length, file, name);
                stored = Next(ref field, stored, file, name);
                local = Next(ref field, local, file, name);
            }

            extra = extra[(4 + fieldLength)..];
        }

        return (stored, length, local);
    }

    private static long Next(ref ReadOnlySpan<byte> field, long value, CheckpointFile file, string name)
    {
        if (value != uint.MaxValue)
        {
            return value;
        }

        if (field.Length < 8)
        {
            throw file.Damaged($"the zip64 field of '{name}' is cut short");
        }

        value = I64(field, 0);
        field = field[8..];
        return value;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
