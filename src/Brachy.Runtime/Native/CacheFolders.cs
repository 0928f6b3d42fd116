namespace Brachy.Native;

/// <summary>Where edited libraries and measured costs are kept.</summary>
internal static class CacheFolders
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string Libraries = "native";
    private const string Costs = "costs";

    /// <summary>The running user's folder of libraries, or null if there is none.</summary>
    public static string? OfUser => Of(Libraries);

    /// <summary>The running user's folder of measured costs, or null if there is none.</summary>
    public static string? OfCosts => Of(Costs);

    /// <summary>Chooses the cache folder. Relative paths are ignored, as the XDG base directory specification demands.</summary>
    public static string? Of(string? xdgCacheHome, string? localApplicationData, string name = Libraries)
    {
        var root = Path.IsPathFullyQualified(xdgCacheHome ?? "") ? xdgCacheHome : localApplicationData;
        return Path.IsPathFullyQualified(root ?? "") ? Path.Combine(root!, "brachy", name) : null;
    }

    /// <summary>Writes a file of a cache. Who reads it meanwhile sees the former one or this, whole, whenever the process ends.</summary>
    /// <param name="path">The file; its folder is made.</param>
    /// <param name="content">What it holds.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var directory = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OwnerOnly);
        }

        // Renaming replaces a file in one step, and a process that has loaded the former one keeps it.
        var temporary = Path.Combine(directory, Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static string? Of(string name) => Of(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME"),
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), name);
}
