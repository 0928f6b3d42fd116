using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>Finds, by their form, the expressions whose values become aux values of nodes or settings of a config.</summary>
internal static class AuxValues
{
    /// <summary>What is given to a key of something called Aux or to a setting, if the node does that.</summary>
    public static ExpressionSyntax? Of(SyntaxNode node) => node switch
    {
        AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax { Expression: var target }, Right: var value }
            when IsAux(target) => value,
        AssignmentExpressionSyntax
        {
            Left: ImplicitElementAccessSyntax, Right: var value, Parent.Parent: AssignmentExpressionSyntax { Left: var target }
        } when IsAux(target) => value,
        InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 2 } arguments, Expression: MemberAccessExpressionSyntax called }
            when called.Name.Identifier.ValueText is "RegisterAux" or "RecursiveRegisterAux" or "With"
                || (called.Name.Identifier.ValueText == "Add" && IsAux(called.Expression)) => arguments[1].Expression,
        _ => null,
    };

    private static bool IsAux(ExpressionSyntax target) =>
        target is IdentifierNameSyntax { Identifier.ValueText: "Aux" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Aux" };
}
