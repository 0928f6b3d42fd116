using Samples.Shared;

namespace LanguageModel;

/// <summary>Finds the files of a text.</summary>
internal static class TextFiles
{
    /// <summary>Files as they are given, and all files of folders that are not hidden, in the order of their paths.</summary>
    /// <exception cref="InputException">There is no such file or folder, or a folder has no files.</exception>
    public static List<string> Find(IEnumerable<string> paths)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                var found = In(path, _ => true);
                files.AddRange(found.Count > 0 ? found : throw new InputException($"{path}: the folder has no files"));
            }
            else
            {
                files.Add(File.Exists(path) ? path : throw new InputException($"{path}: there is no such file or folder"));
            }
        }

        return files;
    }

    /// <summary>The repository's own text: C# and Markdown.</summary>
    /// <exception cref="InputException">The program does not lie in a repository.</exception>
    public static List<string> OfRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Brachy.sln")))
            {
                return In(folder.FullName, name =>
                    name.EndsWith(".cs", StringComparison.Ordinal) || name.EndsWith(".md", StringComparison.Ordinal));
            }
        }

        throw new InputException(
            $"{AppContext.BaseDirectory} does not lie in the repository, whose text is the default; name files with --data");
    }

    private static List<string> In(string folder, Func<string, bool> isWanted)
    {
        var files = new List<string>();
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => entry.Name[0] != '.')
            .OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            // What a build makes is no text of the repository.
            if (entry is DirectoryInfo && entry.Name is not ("bin" or "obj"))
            {
                files.AddRange(In(entry.FullName, isWanted));
            }
            else if (entry is FileInfo && isWanted(entry.Name))
            {
                files.Add(entry.FullName);
            }
        }

        return files;
    }
}
