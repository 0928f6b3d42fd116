using System;
using System.Collections.Generic;
using System.Text;

namespace Brachy.Generators;

/// <summary>
/// Names of generated files. The compiler takes two that differ by case only for one, and refuses some characters: such names get a digest.
/// </summary>
internal sealed class FileNames
{
    private readonly Dictionary<string, string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _ambiguous = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether no name is changed.</summary>
    public bool CanStay { get; private set; } = true;

    public void Add(string name)
    {
        if (!_known.TryGetValue(name, out var known))
        {
            _known.Add(name, name);
        }
        else if (known != name)
        {
            _ambiguous.Add(name);
            CanStay = false;
        }

        CanStay &= Allowed(name) == name;
    }

    public string Of(string name)
    {
        var allowed = Allowed(name);
        return allowed == name && !_ambiguous.Contains(name) ? name : $"{allowed}-{Digest(name):x8}";
    }

    private static string Allowed(string name)
    {
        var characters = name.ToCharArray();
        for (var i = 0; i < characters.Length; i++)
        {
            if (!char.IsLetterOrDigit(characters[i]) && ".,-+`_ ()[]{}".IndexOf(characters[i]) < 0)
            {
                characters[i] = '_';
            }
        }

        return new string(characters);
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
