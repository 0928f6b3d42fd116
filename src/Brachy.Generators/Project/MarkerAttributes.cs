using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>The attributes that generated code depends on, by the names that sources write.</summary>
internal static class MarkerAttributes
{
    private const string Suffix = "Attribute";

    private static readonly HashSet<string> s_names = ["Module", "Tree", "Jit", .. Array.ConvertAll(PropertyRoles.All, PropertyRoles.Name)];

    /// <summary>Whether a name, its last part if it has several, is that of an attribute, with or without its ending.</summary>
    public static bool IsName(string name) =>
        s_names.Contains(name) || (name.EndsWith(Suffix, StringComparison.Ordinal)
            && s_names.Contains(name.Substring(0, name.Length - Suffix.Length)));

    /// <summary>The last parts of the names of the attributes of a declaration.</summary>
    public static List<string> NamesOf(SyntaxList<AttributeListSyntax> lists)
    {
        var all = new List<string>();
        foreach (var list in lists)
        {
            foreach (var attribute in list.Attributes)
            {
                all.Add(Last(attribute.Name));
            }
        }

        return all;
    }

    /// <summary>The name that a using gives to one of the attributes.</summary>
    public static string? AliasOf(UsingDirectiveSyntax directive) =>
        directive is { Alias.Name.Identifier.ValueText: var alias, NamespaceOrType: NameSyntax target } && IsName(Last(target))
            ? alias
            : null;

    private static string Last(NameSyntax name) => name switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax qualified => qualified.Name.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };
}
