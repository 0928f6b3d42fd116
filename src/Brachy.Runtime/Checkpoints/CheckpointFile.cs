using Microsoft.Win32.SafeHandles;

namespace Brachy;

/// <summary>A file that is read at given positions; what lies outside of it is a <see cref="CheckpointException"/>.</summary>
internal sealed class CheckpointFile(string path) : IDisposable
{
    private readonly SafeFileHandle _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);

    public string Path { get; } = path;

    public long Length { get; private set; }

    public static CheckpointFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new CheckpointFile(path);
        file.Length = RandomAccess.GetLength(file._handle);
        return file;
    }

    public CheckpointException Damaged(string problem) =>
        new(Path, problem, "The file is damaged or was cut short; copy or download it again.");

    public CheckpointException Refused(string problem, string? advice = null) => new(Path, problem, advice);

    /// <summary>Fills a span; the caller has made sure that the file is as long.</summary>
    public void Read(long offset, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = RandomAccess.Read(_handle, bytes, offset);
            if (count == 0)
            {
                throw Damaged($"the file ends at byte {offset} while it is read");
            }

            bytes = bytes[count..];
            offset += count;
        }
    }

    /// <summary>A part of the file, as an array.</summary>
    public byte[] Read(long offset, long count, string what)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
        {
            throw Damaged($"{what} would take bytes {offset} to {offset + (Int128)count} of a file of {Length}");
        }

        var bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    public void Dispose() => _handle.Dispose();
}
