using System.Composition;
using System.Linq;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Compares the elements of tensors, or says that the objects are meant.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TensorEqualityFix)), Shared]
public sealed class TensorEqualityFix() : BrachyFix("BRACHY065")
{
    private protected override void Offer(FixSite site)
    {
        var (whole, left, right) = site.Node.AncestorsAndSelf().OfType<ExpressionSyntax>()
            .Where(e => e is BinaryExpressionSyntax or InvocationExpressionSyntax).Take(1).Select(Parts).FirstOrDefault();
        if (whole is null || left is null || right is null)
        {
            return;
        }

        var isDifferent = whole.IsKind(SyntaxKind.NotEqualsExpression);
        var functions = site.NameOf("F", isAttribute: false);
        var text = $"{functions}.{(isDifferent ? "ne" : "eq")}({left.Bare().WithoutTrivia()}, {right.Bare().WithoutTrivia()})";

        // Where a tensor is wanted the comparison was converted to one, with the same answer for all elements.
        var isTensor = site.Model.GetTypeInfo(whole, site.Cancellation).ConvertedType?.IsTensor() == true;
        site.Offer("Compare the elements", whole, Nodes.Expression(
            isTensor ? text : $"(bool){text}.{(isDifferent ? "any" : "all")}()").WithTriviaFrom(whole));
        site.Offer("Use ReferenceEquals", whole, Nodes.Expression(
            $"{(isDifferent ? "!" : "")}ReferenceEquals({left.Bare().WithoutTrivia()}, {right.Bare().WithoutTrivia()})").WithTriviaFrom(
                whole));
    }

    private static (ExpressionSyntax? Whole, ExpressionSyntax? Left, ExpressionSyntax? Right) Parts(ExpressionSyntax expression) =>
        expression switch
        {
            BinaryExpressionSyntax binary when binary.Kind() is SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression =>
                (binary, binary.Left, binary.Right),
            InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 2 } both } call => (call, both[0].Expression, both[1].Expression),
            InvocationExpressionSyntax
            {
                ArgumentList.Arguments: { Count: 1 } one, Expression: MemberAccessExpressionSyntax access,
            } call => (call, access.Expression, one[0].Expression),
            _ => default,
        };
}
