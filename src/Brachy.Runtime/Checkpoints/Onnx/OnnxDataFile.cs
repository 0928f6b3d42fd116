namespace Brachy.IO;

/// <summary>
/// Finds the files in which a model keeps its elements. A model may only name files of its own folder, so that it cannot make a program
/// read others: no absolute paths, none that go up, and no links that lead out.
/// </summary>
internal sealed class OnnxDataFile(string model)
{
    private const int MaxLinks = 40;
    private readonly string _model = Path.GetFullPath(model);
    private string[]? _folders;

    /// <summary>The path of a file.</summary>
    /// <exception cref="WireException">The location is not one of the model's folder.</exception>
    public string Find(string location)
    {
        try
        {
            var parts = location.Split('/', '\\');
            if (parts[0].Length == 0 || parts.Contains("..") || location.Contains('\0') || Path.IsPathRooted(location)
                || (parts[0].Length > 1 && parts[0][1] == ':') || (OperatingSystem.IsWindows() && location.Contains(':')))
            {
                throw new WireException(
                    $"has its elements in '{location.Replace('\0', '?')}', which is no file of the model's folder: "
                    + "absolute paths and '..' are refused");
            }

            // Caches of downloads keep the files of a model in one folder, and links to them in another.
            var folder = Path.GetDirectoryName(_model)!;
            _folders ??= [RealPath(folder, 0), Path.GetDirectoryName(RealPath(_model, 0))!];
            var path = Path.GetFullPath(Path.Combine([folder, .. parts]));
            var real = RealPath(path, 0);
            return _folders.Any(f => real.StartsWith(Path.TrimEndingDirectorySeparator(f) + Path.DirectorySeparatorChar, PathComparison)
                || (Path.EndsInDirectorySeparator(f) && real.StartsWith(f, PathComparison)))
                ? path
                : throw new WireException(
                    $"has its elements in '{location}', which is a link that leads out of the model's folder; put the file itself there");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new WireException($"has its elements in '{location}', which cannot be looked for: {error.Message.TrimEnd('.')}");
        }
    }

    private static StringComparison PathComparison =>
        OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>A full path without links; what is not there stays as it is.</summary>
    private static string RealPath(string path, int links)
    {
        if (links > MaxLinks)
        {
            throw new IOException($"More than {MaxLinks} links follow each other.");
        }

        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (new FileInfo(real).LinkTarget is { } target)
            {
                real = RealPath(Path.Combine(Path.GetDirectoryName(real)!, target), links + 1);
            }
        }

        return real;
    }
}
