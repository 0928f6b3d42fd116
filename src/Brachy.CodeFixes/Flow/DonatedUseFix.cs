using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Assigns what a call returned to the variable that was given away, where the result is not used otherwise.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DonatedUseFix)), Shared]
public sealed class DonatedUseFix() : BrachyFix("BRACHY060")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Node is ArgumentSyntax { Expression: var given })
        {
            Offer(site, given);
        }
        else if (site.Node is ExpressionSyntax used)
        {
            Offer(site, used);
        }
    }

    private static void Offer(FixSite site, ExpressionSyntax used)
    {
        if (site.Diagnostic.AdditionalLocations.FirstOrDefault() is { } place && place.SourceTree?.FilePath == site.Root.SyntaxTree.FilePath
            && site.Root.FindNode(place.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax
            {
                Parent: ExpressionStatementSyntax statement,
            } call
            && SymbolEqualityComparer.Default.Equals(ResultOf(site, call), site.Model.GetTypeInfo(used, site.Cancellation).Type))
        {
            var target = used.WithoutTrivia();
            site.Offer($"Assign the result to '{target}'", statement, statement.WithExpression(SyntaxFactory.AssignmentExpression(
                SyntaxKind.SimpleAssignmentExpression, target.WithTrailingTrivia(SyntaxFactory.Space),
                SyntaxFactory.Token(SyntaxKind.EqualsToken).WithTrailingTrivia(SyntaxFactory.Space), call.WithoutLeadingTrivia())
                .WithLeadingTrivia(call.GetLeadingTrivia())));
        }
    }

    /// <summary>The type that a call gives: what the method itself gives, where the compiled one is not generated yet.</summary>
    private static ITypeSymbol? ResultOf(FixSite site, InvocationExpressionSyntax call)
    {
        if (site.Model.GetTypeInfo(call, site.Cancellation).Type is { TypeKind: not TypeKind.Error } type)
        {
            return type;
        }

        var name = call.Expression.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Last();
        var method = call.Expression.ReplaceNode(name, SyntaxFactory.IdentifierName(
            name.Identifier.ValueText.EndsWith("Jit", System.StringComparison.Ordinal)
                ? name.Identifier.ValueText.Substring(0, name.Identifier.ValueText.Length - 3)
                : name.Identifier.ValueText));
        var bound = site.Model.GetSpeculativeSymbolInfo(call.SpanStart, method, SpeculativeBindingOption.BindAsExpression);
        return (bound.Symbol ?? bound.CandidateSymbols.FirstOrDefault() as IMethodSymbol) is IMethodSymbol found ? found.ReturnType : null;
    }
}
