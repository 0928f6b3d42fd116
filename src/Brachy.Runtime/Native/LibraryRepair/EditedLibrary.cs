using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>Loads an edited copy of a library, from the user's cache or, where that cannot be used, from a private folder.</summary>
/// <param name="library">The path of the library.</param>
/// <param name="cacheFolder">The user's cache folder, or null if there is none.</param>
internal sealed class EditedLibrary(string library, string? cacheFolder)
{
    private readonly List<string> _failures = [];
    private byte[] _original = [];
    private byte[] _edited = [];

    /// <exception cref="NativeLibraryException">No edited copy could be made or loaded.</exception>
    public (nint Handle, string Path) Load()
    {
        _original = Read();
        _edited = [.. _original];
        SymbolVersionEdit.Apply(_edited, library);

        if (cacheFolder is null)
        {
            _failures.Add("neither XDG_CACHE_HOME nor HOME names a cache folder");
        }
        else if (TryLoadFrom(cacheFolder, out var loaded))
        {
            return loaded;
        }

        if (TryLoadFromTemporaryFolder(out var temporary))
        {
            return temporary;
        }

        throw new NativeLibraryException(
            $"No edited copy of {library} could be loaded: {string.Join("; ", _failures)}. "
            + "Let XDG_CACHE_HOME or TMPDIR name a folder that can be written and that programs can run from.");
    }

    private byte[] Read()
    {
        try
        {
            return File.ReadAllBytes(library);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new NativeLibraryException($"{library} could not be read: {failure.Message}", failure);
        }
    }

    private bool TryLoadFromTemporaryFolder(out (nint Handle, string Path) loaded)
    {
        loaded = default;
        string folder;
        try
        {
            // No other user can enter it.
            folder = Directory.CreateTempSubdirectory("brachy-").FullName;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _failures.Add($"{Path.GetTempPath()}: {failure.Message.TrimEnd('.')}");
            return false;
        }

        try
        {
            return TryLoadFrom(folder, out loaded);
        }
        finally
        {
            // A loaded library needs its file no more.
            Directory.Delete(folder, recursive: true);
        }
    }

    private bool TryLoadFrom(string folder, out (nint Handle, string Path) loaded)
    {
        loaded = default;
        try
        {
            var path = new LibraryCache(folder).Store(_original, _edited, Path.GetFileName(library));
            loaded = (NativeLibrary.Load(path), path);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _failures.Add($"{folder}: {failure.Message.TrimEnd('.')}");
        }
        catch (Exception failure) when (LoadFailure.IsLoadFailure(failure))
        {
            _failures.Add(LoadFailure.Describe(library, failure));
        }

        return false;
    }
}
