namespace Brachy.IO;

/// <summary>Writes files so that a reader sees the old one or the new one, whole, whatever happens in between.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a new file beside the old one, and puts it in its place when it is complete and on the disk.</summary>
    /// <param name="path">The file, or a symbolic link to it, which stays; a relative path is one from the current folder.</param>
    /// <param name="write">Writes the content; when it throws, the old file stays and nothing else is left.</param>
    /// <exception cref="CheckpointException">The folder is missing or cannot be written to, or the disk is full.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string? temporary = null;
        try
        {
            // A link stays a link: the file that it leads to is replaced.
            var target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            temporary = $"{target}.{Guid.NewGuid():N}.tmp";
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception error)
        {
            TryDelete(temporary);
            if (error is UnauthorizedAccessException or NotSupportedException or (IOException and not CheckpointException))
            {
                throw new CheckpointException(
                    path, $"cannot be written: {error.Message.TrimEnd('.')}",
                    "Check that the folder exists, may be written to, and has room. A file that was there before is as it was.", error);
            }

            throw;
        }
    }

    private static void TryDelete(string? path)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // The first error says more.
        }
    }
}
