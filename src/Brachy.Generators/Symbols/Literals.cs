using System;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators;

/// <summary>Constants as C# expressions.</summary>
internal static class Literals
{
    /// <summary>The constant of an attribute argument or a default value.</summary>
    public static string Of(object? value, ITypeSymbol type)
    {
        if (value is null)
        {
            return type.IsValueType || type.TypeKind == TypeKind.TypeParameter ? "default"
                : type is { IsReferenceType: true, NullableAnnotation: NullableAnnotation.Annotated } ? "null"
                : "null!";
        }

        if (value is ITypeSymbol named)
        {
            return $"typeof({named.FullNotNull()})";
        }

        var underlying = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type;
        return underlying.TypeKind == TypeKind.Enum ? OfEnum(value, underlying) : OfPrimitive(value);
    }

    private static string OfEnum(object value, ITypeSymbol type)
    {
        var member = type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => f.HasConstantValue && Equals(f.ConstantValue, value));
        return member is null
            ? $"({type.FullNotNull()})({OfPrimitive(value)})"
            : $"{type.FullNotNull()}.{TypeNames.Identifier(member.Name)}";
    }

    private static string OfPrimitive(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string text => TypeNames.Quoted(text),
        char character => SymbolDisplay.FormatLiteral(character, quote: true),
        float number => OfReal(number, "float", number.ToString("R", CultureInfo.InvariantCulture) + "F"),
        double number => OfReal(number, "double", number.ToString("R", CultureInfo.InvariantCulture) + "D"),
        decimal number => number.ToString(CultureInfo.InvariantCulture) + "M",
        uint number => number.ToString(CultureInfo.InvariantCulture) + "U",
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        ulong number => number.ToString(CultureInfo.InvariantCulture) + "UL",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string OfReal(double value, string type, string literal) =>
        double.IsNaN(value) ? $"{type}.NaN"
        : double.IsPositiveInfinity(value) ? $"{type}.PositiveInfinity"
        : double.IsNegativeInfinity(value) ? $"{type}.NegativeInfinity"
        : literal;
}
