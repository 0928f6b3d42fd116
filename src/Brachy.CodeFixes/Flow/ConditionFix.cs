using System.Composition;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Chooses between two tensors by F.where in place of a condition on a value.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ConditionFix)), Shared]
public sealed class ConditionFix() : BrachyFix("BRACHY062", "BRACHY067")
{
    private protected override void Offer(FixSite site)
    {
        // A call of a method that reads a value is not the place to choose.
        if (site.Around<CastExpressionSyntax>() is not { } cast || cast.Span != site.Diagnostic.Location.SourceSpan)
        {
            return;
        }

        ExpressionSyntax condition = cast;
        while (condition.Parent is ParenthesizedExpressionSyntax outer)
        {
            condition = outer;
        }

        if (condition.Parent is ConditionalExpressionSyntax choice && choice.Condition == condition
            && site.Model.GetTypeInfo(choice, site.Cancellation).Type?.IsTensor() == true)
        {
            site.Offer("Choose with F.where", choice, Nodes.Expression(
                $"{site.NameOf("F", isAttribute: false)}.where({cast.Expression.Bare()}, {choice.WhenTrue.Bare().WithoutTrivia()}, "
                + $"{choice.WhenFalse.Bare().WithoutTrivia()})").WithTriviaFrom(choice));
        }
    }
}
