using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>From where a type can be named.</summary>
internal enum Visibility
{
    Private,
    Internal,
    Public,
}

internal static class Visibilities
{
    /// <summary>The visibility of a type together with its parts and the types around it.</summary>
    public static Visibility Of(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => Of(array.ElementType),
        INamedTypeSymbol named => OfNamed(named),
        _ => Visibility.Public,
    };

    /// <summary>The visibility of what mentions all the types.</summary>
    public static Visibility OfAll(IEnumerable<ITypeSymbol> types)
    {
        var least = Visibility.Public;
        foreach (var type in types)
        {
            var visibility = Of(type);
            least = visibility < least ? visibility : least;
        }

        return least;
    }

    private static Visibility OfNamed(INamedTypeSymbol type)
    {
        var own = type.DeclaredAccessibility switch
        {
            Accessibility.Public or Accessibility.NotApplicable => Visibility.Public,
            Accessibility.Internal or Accessibility.ProtectedOrInternal => Visibility.Internal,
            _ => Visibility.Private,
        };
        var parts = OfAll(type.ContainingType is { } outer ? type.TypeArguments.Add(outer) : type.TypeArguments);
        return parts < own ? parts : own;
    }
}
