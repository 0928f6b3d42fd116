namespace Brachy.Native;

/// <summary>The folders where an application keeps its native libraries, in the order in which they are searched.</summary>
internal sealed class NativeFolders(IEnumerable<string> folders)
{
    private readonly string[] _folders = [.. folders.Distinct()];

    /// <summary>The folders of the running application.</summary>
    public static NativeFolders OfApplication =>
        Of(AppContext.BaseDirectory, AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string);

    /// <param name="baseDirectory">The folder of the application; a published application has its native libraries there.</param>
    /// <param name="searchDirectories">The folders that the host found in the application's .deps.json, separated by colons.</param>
    public static NativeFolders Of(string baseDirectory, string? searchDirectories) =>
        new([
            baseDirectory,
            Path.Combine(baseDirectory, "runtimes", "linux-x64", "native"),
            .. (searchDirectories ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        ]);

    /// <summary>The first file of this name, or null.</summary>
    public string? Find(string fileName) =>
        _folders.Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists);

    public override string ToString() => string.Join(", ", _folders);
}
