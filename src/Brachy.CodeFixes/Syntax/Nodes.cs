using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace Brachy.CodeFixes;

/// <summary>Makes syntax out of text, laid out and shortened when it is put in place.</summary>
internal static class Nodes
{
    public static T Laid<T>(this T node)
        where T : SyntaxNode => node.WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);

    public static ExpressionSyntax Expression(string text) => SyntaxFactory.ParseExpression(text);

    public static StatementSyntax Statement(string text) =>
        SyntaxFactory.ParseStatement(text).WithLeadingTrivia(SyntaxFactory.ElasticMarker)
            .WithTrailingTrivia(SyntaxFactory.ElasticMarker).Laid();

    public static MemberDeclarationSyntax Member(string text) => SyntaxFactory.ParseMemberDeclaration(text)!
        .WithLeadingTrivia(SyntaxFactory.ElasticMarker).WithTrailingTrivia(SyntaxFactory.ElasticMarker).Laid();

    /// <summary>A name for a property: <c>_hiddenSize</c> is <c>HiddenSize</c>.</summary>
    public static string Pascal(string name)
    {
        var bare = name.StartsWith("m_", System.StringComparison.Ordinal) ? name.Substring(2) : name.TrimStart('_', '@');
        return bare.Length == 0 ? name : char.ToUpperInvariant(bare[0]) + bare.Substring(1);
    }

    /// <summary>An expression without parentheses around it.</summary>
    public static ExpressionSyntax Bare(this ExpressionSyntax expression) =>
        expression is ParenthesizedExpressionSyntax inner ? Bare(inner.Expression) : expression;

    /// <summary>A type with a member more, before its first method.</summary>
    public static TypeDeclarationSyntax WithMember(this TypeDeclarationSyntax type, MemberDeclarationSyntax member, bool first = false)
    {
        var index = first ? 0 : type.Members.IndexOf(m => m is BaseMethodDeclarationSyntax);
        var body = type.OpenBraceToken.IsKind(SyntaxKind.None)
            ? type.WithSemicolonToken(default).WithOpenBraceToken(SyntaxFactory.Token(SyntaxKind.OpenBraceToken))
                .WithCloseBraceToken(SyntaxFactory.Token(SyntaxKind.CloseBraceToken)).Laid()
            : type;
        index = index < 0 ? body.Members.Count : index;
        var lineEnd = LineEnds.Of(type.SyntaxTree);

        // An empty line follows, unless the next member has one before it.
        var hasEmptyLine = index == body.Members.Count
            || body.Members[index].GetLeadingTrivia().FirstOrDefault().IsKind(SyntaxKind.EndOfLineTrivia);
        return (TypeDeclarationSyntax)body.WithMembers(body.Members.Insert(
            index, member.WithTrailingTrivia(hasEmptyLine ? [lineEnd] : new[] { lineEnd, lineEnd })));
    }
}
