using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>Initialisers of members outside of the tree: each view that is made of a module runs them again.</summary>
internal static class Initializers
{
    /// <summary>Whether all views get the same from an initialiser: it makes no object, and there is one.</summary>
    public static bool IsSameForAllViews(EqualsValueClauseSyntax? initializer) =>
        initializer is not null
        && !initializer.Value.DescendantNodesAndSelf(node => node is not AnonymousFunctionExpressionSyntax).Any(IsMadeAnew);

    private static bool IsMadeAnew(SyntaxNode node) => node.Kind() switch
    {
        SyntaxKind.ObjectCreationExpression or SyntaxKind.ImplicitObjectCreationExpression or SyntaxKind.ArrayCreationExpression
            or SyntaxKind.ImplicitArrayCreationExpression or SyntaxKind.CollectionExpression => true,
        SyntaxKind.InvocationExpression =>
            node is not InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } },
        _ => false,
    };
}
