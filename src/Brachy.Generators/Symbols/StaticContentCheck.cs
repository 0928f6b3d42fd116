using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Finds out whether static values of a type are compared by content, which the compile key depends on.</summary>
internal static class StaticContentCheck
{
    private static readonly TypeMemo<ContentProblem?> s_known = new(type => Problem(type, new(SymbolEqualityComparer.Default)));

    /// <summary>The type that is not, and why; null when all is well, or when the values are traced.</summary>
    public static ContentProblem? Problem(ITypeSymbol type) => s_known.Of(type);

    private static ContentProblem? Problem(ITypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (!seen.Add(type))
        {
            return null;
        }

        return type switch
        {
            IArrayTypeSymbol array => Problem(array.ElementType, seen),
            INamedTypeSymbol { TypeKind: TypeKind.Delegate or TypeKind.Enum or TypeKind.Error or TypeKind.Interface } named =>
                ContentRules.IsCollection(named) ? First(named.TypeArguments, seen) : null,
            INamedTypeSymbol named when named.IsTupleType || IsOfItems(named)
                || named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T || ContentRules.IsCollection(named) =>
                First(named.TypeArguments, seen),
            INamedTypeSymbol { SpecialType: SpecialType.None } named when !IsKnown(named) && !named.HoldsTensors() => OfObject(named, seen),
            _ => null,
        };
    }

    /// <summary>Whether a struct of the framework holds what its type arguments say, and is compared by that.</summary>
    private static bool IsOfItems(INamedTypeSymbol type) => ContentRules.IsMemory(type)
        || type is
        {
            Arity: 2,
            Name: "KeyValuePair",
            ContainingNamespace: { Name: "Generic", ContainingNamespace: { Name: "Collections", ContainingNamespace.Name: "System" } }
        };

    private static ContentProblem? First(IEnumerable<ITypeSymbol> types, HashSet<ITypeSymbol> seen)
    {
        foreach (var type in types)
        {
            if (Problem(type, seen) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>Whether the values are taken apart, or are the runtime's own.</summary>
    private static bool IsKnown(INamedTypeSymbol type) =>
        type.IsTree() || type.ContainingAssembly?.Name == BrachyTypes.RuntimeAssembly
        || type is { Name: "Type", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static ContentProblem? OfObject(INamedTypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (type.IsReferenceType && !HasValueEquality(type))
        {
            return new(type, "has no value equality");
        }

        if (!type.IsInSource())
        {
            return null;
        }

        var stored = ContentRules.Stored(type);
        return (ContentRules.CanBeTakenApart(type) ? null : OfHidden(type, stored)) ?? First(stored.Select(s => s.Type), seen);
    }

    /// <summary>
    /// Why values of a type of this project may be neither static nor parts of static values, unless registered; null where they may.
    /// </summary>
    public static string? ReasonToRefuse(INamedTypeSymbol definition)
    {
        if (definition.IsReferenceType && !HasValueEquality(definition))
        {
            return null;
        }

        var stored = ContentRules.Stored(definition);
        return !ContentRules.CanBeTakenApartConstructed(definition)
                ? definition.HoldsTensors()
                    ? "holds tensors, whose values would be built into the compiled code"
                    : OfHidden(definition, stored)?.Reason
            : definition.IsGenericType
                && stored.FirstOrDefault(s => s.Type is not ITypeParameterSymbol && ContentRules.CanChange(s.Type))?.Member is { } member
                ? $"has the member '{member.Name}', in which something can change in place, and generated code has not seen it with these "
                    + "type arguments"
            : null;
    }

    /// <summary>What can change in a type that generated code cannot take apart, so that only its <c>Equals</c> is asked.</summary>
    private static ContentProblem? OfHidden(INamedTypeSymbol type, IReadOnlyList<StoredMember> stored)
    {
        const string Hidden = "and is no record or struct whose stored members are all internal or public";
        if (type.IsReferenceType && stored.FirstOrDefault(s => ContentRules.CanBeReplaced(s.Member))?.Member is { } settable)
        {
            return new(type, $"has the settable member '{settable.Name}' {Hidden}");
        }

        var parts = ContentRules.HiddenParameters(type).Select(p => new StoredMember(p, p.Type)).Concat(stored).ToArray();
        return parts.FirstOrDefault(
            p => p.Type is IArrayTypeSymbol || ContentRules.IsMemory(p.Type) || IsMutableCollection(p.Type))?.Member.Name is { } collection
                ? new(type, $"has the collection '{collection}', which can change in place, {Hidden}")

            // The Equals that the compiler writes asks for the same objects in a member.
            : !HasWrittenEquality(type)
                && parts.FirstOrDefault(p => p.Type is not ITypeParameterSymbol && ContentRules.CanChange(p.Type)) is
                { Member.Name: var changing }
                ? new(type, $"has the member '{changing}', in which something can change in place, {Hidden}")
            : null;
    }

    private static bool HasWrittenEquality(INamedTypeSymbol type) =>
        type.GetMembers("Equals").OfType<IMethodSymbol>().Any(m => !m.IsImplicitlyDeclared && m.Parameters.Length == 1);

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

    private static bool IsMutableCollection(ITypeSymbol type) =>
        type is INamedTypeSymbol named && ContentRules.IsCollection(named) && !IsKnown(named) && !ContentRules.IsImmutableCollection(named);
}

/// <summary>A type whose values are not compared by content.</summary>
/// <param name="Type">The type.</param>
/// <param name="Reason">Why.</param>
internal sealed record ContentProblem(ITypeSymbol Type, string Reason);
