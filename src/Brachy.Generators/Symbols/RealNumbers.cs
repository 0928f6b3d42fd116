using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Recognizes numbers that change from call to call: those that are not whole.</summary>
internal static class RealNumbers
{
    public static bool IsReal(this ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => IsReal(nullable.TypeArguments[0]),
        { SpecialType: SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal } => true,
        _ => type is { Name: "Half", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } },
    };
}
