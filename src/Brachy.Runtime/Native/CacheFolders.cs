namespace Brachy.Native;

/// <summary>Where edited libraries may be kept.</summary>
internal static class CacheFolders
{
    /// <summary>The running user's cache folder, or null if there is none.</summary>
    public static string? OfUser =>
        Of(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME"),
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify));

    /// <summary>Chooses the cache folder. Relative paths are ignored, as the XDG base directory specification demands.</summary>
    public static string? Of(string? xdgCacheHome, string? localApplicationData)
    {
        var root = Path.IsPathFullyQualified(xdgCacheHome ?? "") ? xdgCacheHome : localApplicationData;
        return Path.IsPathFullyQualified(root ?? "") ? Path.Combine(root!, "brachy", "native") : null;
    }
}
