using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Names of the fields that keep views of submodules, different from all members of the class.</summary>
internal sealed class ViewNames(INamedTypeSymbol module)
{
    private readonly HashSet<string> _used = [.. ModuleBases.SelfAndBases(module).SelectMany(type => type.MemberNames)];

    public string Next(string property)
    {
        var name = $"_{char.ToLowerInvariant(property[0])}{property.Substring(1)}View";
        while (!_used.Add(name))
        {
            name = "_" + name;
        }

        return name;
    }
}
