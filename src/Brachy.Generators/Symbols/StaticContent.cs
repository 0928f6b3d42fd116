using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Finds out whether static values of a type are compared by content, which the compile key depends on.</summary>
internal static class StaticContent
{
    /// <summary>The type that is not, and why; null when all is well, or when the values are traced.</summary>
    public static (ITypeSymbol Type, string Reason)? Problem(ITypeSymbol type) => Problem(type, new(SymbolEqualityComparer.Default));

    private static (ITypeSymbol Type, string Reason)? Problem(ITypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (!seen.Add(type))
        {
            return null;
        }

        return type switch
        {
            IArrayTypeSymbol array => Problem(array.ElementType, seen),
            INamedTypeSymbol { TypeKind: TypeKind.Delegate or TypeKind.Enum or TypeKind.Error or TypeKind.Interface } named =>
                IsCollection(named) ? First(named.TypeArguments, seen) : null,
            INamedTypeSymbol named when named.IsTupleType || named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T || IsCollection(named) =>
                First(named.TypeArguments, seen),
            INamedTypeSymbol { SpecialType: SpecialType.None } named when !IsKnown(named) && !named.HoldsTensors() => OfObject(named, seen),
            _ => null,
        };
    }

    private static (ITypeSymbol Type, string Reason)? First(IEnumerable<ITypeSymbol> types, HashSet<ITypeSymbol> seen) =>
        types.Select(t => Problem(t, seen)).FirstOrDefault(p => p is not null);

    /// <summary>Whether the values are taken apart, or are the runtime's own.</summary>
    private static bool IsKnown(INamedTypeSymbol type) =>
        type.IsTree() || type.ContainingAssembly?.Name == BrachyTypes.RuntimeAssembly
        || type is { Name: "Type", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static (ITypeSymbol Type, string Reason)? OfObject(INamedTypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (type.IsReferenceType && !HasValueEquality(type))
        {
            return (type, "has no value equality");
        }

        if (!type.Locations.Any(l => l.IsInSource))
        {
            return null;
        }

        foreach (var (member, memberType) in Stored(type))
        {
            // A struct is copied; only what it refers to can change.
            if (type.IsReferenceType && IsSettable(member))
            {
                return (type, $"has the settable member '{member.Name}'");
            }

            if (memberType is IArrayTypeSymbol || IsMutableCollection(memberType))
            {
                return (type, $"has the collection '{member.Name}', which can change in place");
            }

            if (Problem(memberType, seen) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static bool HasValueEquality(INamedTypeSymbol type)
    {
        for (var current = type; current is { SpecialType: not SpecialType.System_Object }; current = current.BaseType!)
        {
            if (current.IsRecord || current.GetMembers("Equals").OfType<IMethodSymbol>().Any(m => m.IsOverride && m.Parameters.Length == 1))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The fields and properties with storage, with those of base classes.</summary>
    private static IEnumerable<(ISymbol Member, ITypeSymbol Type)> Stored(INamedTypeSymbol type)
    {
        for (var current = type; current is { SpecialType: SpecialType.None }; current = current.BaseType!)
        {
            foreach (var field in current.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic))
            {
                yield return (field.AssociatedSymbol ?? field, field.Type);
            }
        }
    }

    private static bool IsSettable(ISymbol member) => member switch
    {
        IPropertySymbol { SetMethod: { IsInitOnly: false, DeclaredAccessibility: not Accessibility.Private } } => true,
        IFieldSymbol { IsReadOnly: false, DeclaredAccessibility: not Accessibility.Private } => true,
        _ => false,
    };

    private static bool IsCollection(INamedTypeSymbol type) =>
        type.SpecialType != SpecialType.System_String
        && type.AllInterfaces.Concat([type]).Any(t => t.SpecialType == SpecialType.System_Collections_IEnumerable);

    private static bool IsMutableCollection(ITypeSymbol type) =>
        type is INamedTypeSymbol named && IsCollection(named) && !IsKnown(named)
        && type.ContainingNamespace is not { Name: "Immutable" or "Frozen", ContainingNamespace.Name: "Collections" };
}
