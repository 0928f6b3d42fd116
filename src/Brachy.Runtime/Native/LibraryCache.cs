using System.Security.Cryptography;

namespace Brachy.Native;

/// <summary>A folder of edited libraries that all processes of a user share.</summary>
internal sealed class LibraryCache(string folder)
{
    /// <summary>
    /// Writes an edited library unless the cache has it with exactly this content. Processes that do this at the same time
    /// see a whole file or none.
    /// </summary>
    /// <param name="original">The content before the edit; it decides under which name the copy is kept.</param>
    /// <param name="edited">The content after the edit.</param>
    /// <param name="fileName">The library's own file name.</param>
    /// <returns>The path of the copy.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public string Store(ReadOnlySpan<byte> original, ReadOnlySpan<byte> edited, string fileName)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(original));
        var directory = Path.Combine(folder, $"{key}-v{SymbolVersionEdit.FormatVersion}");
        var path = Path.Combine(directory, fileName);
        if (!Holds(path, edited))
        {
            CacheFolders.Write(path, edited);
        }

        return path;
    }

    private static bool Holds(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length == content.Length && content.SequenceEqual(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
