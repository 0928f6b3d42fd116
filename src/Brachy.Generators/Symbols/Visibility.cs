using System.Linq;
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
        INamedTypeSymbol named => named.TypeArguments.Select(Of)
            .Append(named.ContainingType is { } outer ? Of(outer) : Visibility.Public)
            .Append(named.DeclaredAccessibility switch
            {
                Accessibility.Public or Accessibility.NotApplicable => Visibility.Public,
                Accessibility.Internal or Accessibility.ProtectedOrInternal => Visibility.Internal,
                _ => Visibility.Private,
            })
            .Min(),
        _ => Visibility.Public,
    };
}
