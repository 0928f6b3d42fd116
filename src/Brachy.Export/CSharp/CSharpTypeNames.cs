namespace Brachy.IO.CSharp;

/// <summary>The names of the class and the namespace of a source.</summary>
internal static class CSharpTypeNames
{
    // What a source names itself: a class or a namespace of that name would be taken for it.
    private static readonly string[] s_used =
    [
        "Brachy", "System", "BitConverter", "DType", "FrozenBuilder", "FrozenModel", "FrozenOptions", "ReadOnlySpan", "Stream", "Build",
        "Load", "Weights",
    ];

    /// <summary>The name of the class.</summary>
    /// <param name="className">The name that the options have; null for none.</param>
    /// <param name="namespaceName">The namespace.</param>
    /// <param name="defaultName">What the name is made of where there is none.</param>
    /// <exception cref="ArgumentException">A name is none.</exception>
    public static string Valid(string? className, string namespaceName, string defaultName)
    {
        if (string.IsNullOrEmpty(namespaceName) || !namespaceName.Split('.').All(CSharpNames.IsIdentifier)
            || namespaceName.Split('.').Any(part => s_used.Contains(part)))
        {
            throw new ArgumentException(
                $"{nameof(CSharpExportOptions.Namespace)} is '{namespaceName}': it must be identifiers of ASCII letters with dots between "
                + $"them, none of which is a keyword or one of {string.Join(", ", s_used)}.", nameof(CSharpExportOptions.Namespace));
        }

        var name = className ?? CSharpNames.TypeName(defaultName);
        if (!CSharpNames.IsIdentifier(name) || s_used.Contains(name))
        {
            throw new ArgumentException(
                $"{nameof(CSharpExportOptions.ClassName)} is '{name}': it must be an identifier of ASCII letters, and no keyword and none "
                + $"of {string.Join(", ", s_used)}.", nameof(CSharpExportOptions.ClassName));
        }

        return name;
    }
}
