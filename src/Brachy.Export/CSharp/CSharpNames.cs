using System.Text;

namespace Brachy.IO.CSharp;

/// <summary>Names of variables in a source, each of which is used once.</summary>
/// <param name="taken">Names that there are already.</param>
internal sealed class CSharpNames(params string[] taken)
{
    private static readonly HashSet<string> s_keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal",
        "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for",
        "foreach", "goto", "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null",
        "object", "operator", "out", "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte",
        "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof",
        "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
    ];

    private readonly HashSet<string> _taken = [.. taken];

    /// <summary>Whether a text is an identifier, and no keyword.</summary>
    public static bool IsIdentifier(string text) => text.Length > 0 && !char.IsAsciiDigit(text[0]) && !s_keywords.Contains(text)
        && text.All(c => c == '_' || char.IsAsciiLetterOrDigit(c));

    /// <summary>A name in Pascal case.</summary>
    public static string TypeName(string text) =>
        Joined(text) is { Length: > 0 } name ? char.IsAsciiDigit(name[0]) ? $"Model{name}" : char.ToUpperInvariant(name[0]) + name[1..]
            : "Model";

    /// <summary>A name that is not taken, in camel case.</summary>
    /// <param name="text">What it is made of: a name, a path, an operation.</param>
    /// <param name="fallback">What it begins with, where that cannot begin a name.</param>
    public string Take(string text, string fallback)
    {
        var name = Joined(text);
        name = name.Length == 0 || char.IsAsciiDigit(name[0]) ? fallback + name : char.ToLowerInvariant(name[0]) + name[1..];
        var separator = char.IsAsciiDigit(name[^1]) ? "_" : "";
        var own = name;
        for (var i = 2; !_taken.Add(own); i++)
        {
            own = $"{name}{separator}{i}";
        }

        return s_keywords.Contains(own) ? $"@{own}" : own;
    }

    /// <summary>The letters and digits of a text, with a capital after what is left out.</summary>
    private static string Joined(string text)
    {
        var name = new StringBuilder();
        var isNew = false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                isNew = true;
                continue;
            }

            name.Append(isNew && name.Length > 0 ? char.ToUpperInvariant(c) : c);
            isNew = false;
        }

        return name.ToString();
    }
}
