using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Names of the fields that keep views of submodules, different from all members of the class.</summary>
internal sealed class ViewNames(INamedTypeSymbol module)
{
    private readonly HashSet<string> _used =
        [.. ModuleBases.SelfAndBases(module).SelectMany(type => type.MemberNames.Append(type.Name)), .. TypeParameters(module)];

    public string Next(string property) => Free($"_{char.ToLowerInvariant(property[0])}{property.Substring(1)}View");

    /// <summary>The name, or one like it that is not taken.</summary>
    public string Free(string name)
    {
        while (!_used.Add(name))
        {
            name = "_" + name;
        }

        return name;
    }

    private static IEnumerable<string> TypeParameters(INamedTypeSymbol type) =>
        type.TypeParameters.Select(p => p.Name).Concat(type.ContainingType is { } outer ? TypeParameters(outer) : []);
}
