namespace Brachy.Tests.Native;

/// <summary>The C++ library of this system, as loaded into this process.</summary>
internal static class InstalledCppLibrary
{
    public static string Path { get; } = File.ReadLines("/proc/self/maps")
        .Where(line => line.Contains("/libstdc++.so.6", StringComparison.Ordinal))
        .Select(line => line[line.IndexOf('/')..])
        .First();

    /// <summary>Found by search through the bytes, not by reading the tables.</summary>
    public static int NewestMinorVersion { get; } = FindNewestMinorVersion();

    public static bool IsNewEnoughForTorchSharp => NewestMinorVersion >= 32;

    private static int FindNewestMinorVersion()
    {
        var content = File.ReadAllBytes(Path);
        return Enumerable.Range(1, 99)
            .Last(minor => content.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes($"\0GLIBCXX_3.4.{minor}\0")) >= 0);
    }
}
