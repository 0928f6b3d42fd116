using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Brachy.Generators;

/// <summary>
/// Names of generated files. The compiler takes two that differ by case only for one, and refuses some characters: such names get a digest.
/// </summary>
internal sealed class FileNames(IReadOnlyList<string> names)
{
    private readonly HashSet<string> _ambiguous =
    [
        .. names.Distinct().GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).SelectMany(g => g),
    ];

    public string Of(string name)
    {
        var allowed = new string([.. name.Select(c => char.IsLetterOrDigit(c) || ".,-+`_ ()[]{}".IndexOf(c) >= 0 ? c : '_')]);
        return allowed == name && !_ambiguous.Contains(name) ? name : $"{allowed}-{Digest(name):x8}";
    }

    // FNV-1a: the same in each build, unlike that of strings.
    private static uint Digest(string name)
    {
        var digest = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            digest = unchecked((digest ^ b) * 16777619u);
        }

        return digest;
    }
}
