using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Names of private members of a generated half, different from all others that a type sees.</summary>
internal sealed class ViewNames(INamedTypeSymbol type)
{
    private readonly HashSet<string> _used =
        [
            .. ModuleBases.SelfAndBases(type).SelectMany(t => Names(t, isOwn: SymbolEqualityComparer.Default.Equals(t, type))),
            .. TypeParameters(type)
        ];

    public string Next(string property) => Free($"_{char.ToLowerInvariant(property[0])}{property.Substring(1)}View");

    /// <summary>The name, or one like it that is not taken.</summary>
    /// <param name="name">The name.</param>
    /// <param name="others">More names that are taken.</param>
    public string Free(string name, params IEnumerable<string> others)
    {
        _used.UnionWith(others);
        while (!_used.Add(name))
        {
            name = "_" + name;
        }

        return name;
    }

    // What is private in a base class is not seen, and the base class may be of another project, which does not tell of it.
    private static IEnumerable<string> Names(INamedTypeSymbol type, bool isOwn) => type.MemberNames
        .Concat(type.GetTypeMembers().Where(t => isOwn || t.DeclaredAccessibility != Accessibility.Private).Select(t => t.Name))
        .Append(type.Name);

    private static IEnumerable<string> TypeParameters(INamedTypeSymbol type) =>
        type.TypeParameters.Select(p => p.Name).Concat(type.ContainingType is { } outer ? TypeParameters(outer) : []);
}
