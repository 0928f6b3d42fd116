using System.Text.RegularExpressions;

namespace Brachy.Native;

/// <summary>Says in plain words why the dynamic linker refused a library.</summary>
internal static partial class LoadFailure
{
    /// <summary>The exceptions by which <see cref="System.Runtime.InteropServices.NativeLibrary"/> reports a failed load.</summary>
    public static bool IsLoadFailure(Exception failure) => failure is DllNotFoundException or BadImageFormatException;

    /// <param name="library">The path of the library.</param>
    /// <param name="failure">What the runtime threw; its message ends with that of the linker.</param>
    /// <returns>The cause and the remedy.</returns>
    public static string Describe(string library, Exception failure)
    {
        var missing = MissingVersion().Match(failure.Message);
        if (!missing.Success)
        {
            return $"{library} could not be loaded: {LinkerMessage(failure.Message)}";
        }

        var provider = missing.Groups["provider"].Value;
        var version = missing.Groups["version"].Value;
        var offer = NewestOffered(provider, version) is { } newest
            ? $"and {provider} offers {newest} at most"
            : $"which {provider} does not have";
        return $"{missing.Groups["user"].Value} needs {version}, {offer}. "
            + "Use a newer Linux release (such as Debian 13, Ubuntu 24.04 or Fedora 38) or install its C++ library.";
    }

    /// <summary>The newest version that a library defines of those that are named like the given one, or null.</summary>
    public static string? NewestOffered(string provider, string version)
    {
        var family = version[..(version.IndexOf('_') + 1)];
        try
        {
            return ElfVersions.Defined(new ElfImage(File.ReadAllBytes(provider), provider))
                .Where(name => name.StartsWith(family, StringComparison.Ordinal))
                .Where(name => Version.TryParse(name[family.Length..], out _))
                .MaxBy(name => Version.Parse(name[family.Length..]));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or NativeLibraryException)
        {
            return null;
        }
    }

    // The runtime puts general advice on the first line.
    private static string LinkerMessage(string message)
    {
        var lines = message.Split('\n', 2);
        return lines[^1].Trim();
    }

    // The linker's words may be translated; the paths and the version are not.
    [GeneratedRegex(@"(?<provider>/[^\r\n:]*): [^\r\n]*?(?<version>[A-Z]+_[0-9][0-9.]*)[^\r\n]* \([^/\r\n]*(?<user>/[^\r\n]*)\)")]
    private static partial Regex MissingVersion();
}
