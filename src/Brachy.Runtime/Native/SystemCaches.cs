namespace Brachy.Native;

/// <summary>The caches of the first processor as Linux lists them, for descriptions: a second witness beside CPUID.</summary>
internal static class SystemCaches
{
    public const string Folder = "/sys/devices/system/cpu/cpu0/cache";

    /// <summary>The data and unified caches in words, or null where the system lists none.</summary>
    public static string? Describe(string folder = Folder)
    {
        try
        {
            var caches = Directory.GetDirectories(folder, "index*")
                .Select(cache => (Level: Line(cache, "level"), Type: Line(cache, "type"), Size: Line(cache, "size")))
                .Where(cache => cache.Type != "Instruction")
                .OrderBy(cache => cache.Level, StringComparer.Ordinal)
                .Select(cache => $"level {cache.Level} {cache.Size}")
                .ToArray();
            return caches.Length > 0 ? string.Join(", ", caches) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Line(string cache, string name) => File.ReadAllText(Path.Combine(cache, name)).Trim();
}
