using Microsoft.Win32.SafeHandles;

namespace Brachy.IO;

/// <summary>
/// A file, or a stream in its place, that is read at given positions; what lies outside of it is a <see cref="CheckpointException"/>.
/// </summary>
internal sealed class CheckpointFile : IDisposable
{
    private readonly SafeFileHandle? _handle;
    private readonly Stream? _stream;
    private readonly long _streamStart;

    private CheckpointFile(string path, SafeFileHandle handle)
    {
        (Path, _handle) = (path, handle);
        Length = RandomAccess.GetLength(handle);
    }

    private CheckpointFile(Stream stream)
    {
        (Path, _stream, _streamStart) = (stream is FileStream file ? file.Name : "The stream", stream, stream.Position);
        Length = Math.Max(0, stream.Length - _streamStart);
    }

    public string Path { get; }

    public long Length { get; }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">It is a folder, or cannot be read.</exception>
    public static CheckpointFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return new CheckpointFile(
                path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess));
        }
        catch (DirectoryNotFoundException error)
        {
            throw new FileNotFoundException($"There is no file '{path}': its folder is missing.", path, error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or NotSupportedException)
        {
            throw new CheckpointException(path, "is a folder, or may not be read", inner: error);
        }
        catch (IOException error) when (error is not FileNotFoundException)
        {
            throw Unreadable(path, error);
        }
    }

    /// <summary>What a stream has from its position on. It is left open, at some other position.</summary>
    /// <exception cref="ArgumentException">It cannot be read, or has no positions.</exception>
    public static CheckpointFile Of(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.CanRead && stream.CanSeek
            ? new CheckpointFile(stream)
            : throw new ArgumentException(
                "The stream cannot be read, or not at any position. Copy it to a MemoryStream or a file first.", nameof(stream));
    }

    public CheckpointException Damaged(string problem) =>
        new(Path, problem, "The file is damaged or was cut short; copy or download it again.");

    public CheckpointException Refused(string problem, string? advice = null) => new(Path, problem, advice);

    /// <summary>Fills a span; the caller has made sure that the file is as long.</summary>
    public void Read(long offset, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = ReadSome(offset, bytes);
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

    public void Dispose() => _handle?.Dispose();

    private static CheckpointException Unreadable(string path, IOException error) =>
        new(
            path, $"cannot be read: {error.Message.TrimEnd('.')}",
            "Check the disk or network, and that no other program has the file open.", error);

    private int ReadSome(long offset, Span<byte> bytes)
    {
        try
        {
            if (_stream is null)
            {
                return RandomAccess.Read(_handle!, bytes, offset);
            }

            _stream.Position = _streamStart + offset;
            return _stream.Read(bytes);
        }
        catch (IOException error)
        {
            throw Unreadable(Path, error);
        }
    }
}
