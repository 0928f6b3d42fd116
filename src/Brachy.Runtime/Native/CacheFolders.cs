namespace Brachy.Native;

/// <summary>Where edited libraries and measured costs may be kept.</summary>
internal static class CacheFolders
{
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

    private static string? Of(string name) => Of(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME"),
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), name);
}
