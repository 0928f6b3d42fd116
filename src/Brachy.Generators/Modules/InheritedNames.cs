using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Names of members that every module has: a property of the same name hides them from whoever works with the module.</summary>
internal static class InheritedNames
{
    private static readonly string[] s_bases = ["Brachy.StateOrganizer", "Brachy.Module", "Brachy.Module`2", "System.Object"];

    public static bool Has(string name, Compilation compilation) => s_bases.Any(type =>
        compilation.GetTypeByMetadataName(type)?.GetMembers(name).Any(IsInherited) == true);

    private static bool IsInherited(ISymbol member) => member.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected
        or Accessibility.ProtectedOrInternal && member is not IMethodSymbol { MethodKind: not MethodKind.Ordinary };
}
