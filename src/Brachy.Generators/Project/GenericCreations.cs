using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>
/// Finds, by their form, where generic values are made that may become static values by way of <c>object</c> or a type parameter, and
/// whose type the runtime does not know by itself.
/// </summary>
internal static class GenericCreations
{
    /// <summary>Collections that the runtime knows for the usual types of items, with texts as keys.</summary>
    private static readonly HashSet<string> s_collections = ["List", "HashSet", "Dictionary"];

    public static bool IsCandidate(SyntaxNode node) =>
        node is ObjectCreationExpressionSyntax { Type: NameSyntax type } && IsGeneric(type) && !IsBuiltIn(type);

    private static bool IsGeneric(NameSyntax type) => type switch
    {
        GenericNameSyntax => true,
        QualifiedNameSyntax qualified => IsGeneric(qualified.Right) || IsGeneric(qualified.Left),
        _ => false,
    };

    private static bool IsBuiltIn(NameSyntax name)
    {
        if (name is not GenericNameSyntax type)
        {
            return false;
        }

        var arguments = type.TypeArgumentList.Arguments;
        return s_collections.Contains(type.Identifier.ValueText)
            && arguments.All(IsUsual)
            && (arguments.Count == 1 || IsText(arguments[0]));
    }

    private static bool IsText(TypeSyntax type) =>
        type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.StringKeyword };

    private static bool IsUsual(TypeSyntax type) => type is PredefinedTypeSyntax
    {
        Keyword.RawKind: (int)SyntaxKind.BoolKeyword or (int)SyntaxKind.IntKeyword or (int)SyntaxKind.LongKeyword
            or (int)SyntaxKind.FloatKeyword or (int)SyntaxKind.DoubleKeyword or (int)SyntaxKind.StringKeyword,
    };
}
