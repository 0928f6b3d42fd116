using System;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Looks for a kind of type in a type and the elements and type arguments it is written with.</summary>
internal static class TypeMentions
{
    public static bool Mentions(this ITypeSymbol type, Func<ITypeSymbol, bool> kind) => kind(type) || type switch
    {
        IArrayTypeSymbol array => array.ElementType.Mentions(kind),
        // Functions take values of their type arguments, but hold none.
        INamedTypeSymbol { TypeKind: not TypeKind.Delegate } named => AnyMentions(named, kind),
        _ => false,
    };

    private static bool AnyMentions(INamedTypeSymbol type, Func<ITypeSymbol, bool> kind)
    {
        foreach (var argument in type.TypeArguments)
        {
            if (argument.Mentions(kind))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether nothing is known of the values: they may hold tensors.</summary>
    public static bool IsObject(this ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_Object || type.TypeKind == TypeKind.Dynamic;

    public static bool IsPointer(this ITypeSymbol type) => type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer;

    /// <summary>The type's name without names of tuple elements and nullability: the same for what is one type when it runs.</summary>
    public static string Key(this ITypeSymbol type) => s_keys.Of(type);

    private static readonly SymbolDisplayFormat s_key =
        SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.ExpandValueTuple);

    private static readonly TypeMemo<string> s_keys = new(type => type.ToDisplayString(s_key));
}
