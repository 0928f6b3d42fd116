using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Where symbols are declared.</summary>
internal static class Declarations
{
    /// <summary>The one place where a symbol is declared, or null.</summary>
    public static SyntaxNode? Declaration(this ISymbol symbol) =>
        symbol.DeclaringSyntaxReferences.Length == 1 ? symbol.DeclaringSyntaxReferences[0].GetSyntax() : null;
}
