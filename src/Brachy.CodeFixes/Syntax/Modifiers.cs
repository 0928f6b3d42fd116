using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Adds and removes modifiers, and leaves comments and layout as they are.</summary>
internal static class Modifiers
{
    /// <summary>A member with one more modifier: partial comes last, others before it.</summary>
    public static T With<T>(this T member, SyntaxKind kind)
        where T : MemberDeclarationSyntax
    {
        if (member.Modifiers.Any(kind))
        {
            return member;
        }

        var token = SyntaxFactory.Token(kind).WithTrailingTrivia(SyntaxFactory.Space);
        var partial = member.Modifiers.IndexOf(SyntaxKind.PartialKeyword);
        if (member.Modifiers.Count > 0 && partial != 0)
        {
            return (T)member.WithModifiers(
                partial < 0 ? member.Modifiers.Add(token) : member.Modifiers.Insert(partial, token));
        }

        // The first word of the declaration has what is before it.
        var first = partial == 0 ? member.Modifiers[0] : FirstWord(member);
        token = token.WithLeadingTrivia(first.LeadingTrivia);
        var bare = member.ReplaceToken(first, first.WithLeadingTrivia());
        return (T)bare.WithModifiers(bare.Modifiers.Insert(0, token));
    }

    public static T Without<T>(this T member, SyntaxToken modifier)
        where T : MemberDeclarationSyntax
    {
        var leading = modifier.LeadingTrivia;
        var next = modifier.GetNextToken();
        return member.ReplaceTokens([modifier, next], (old, _) =>
            old == modifier ? SyntaxFactory.Token(SyntaxKind.None) : old.WithLeadingTrivia(leading)) is var changed
            ? (T)changed.WithModifiers(SyntaxFactory.TokenList(changed.Modifiers.Where(m => !m.IsKind(SyntaxKind.None))))
            : member;
    }

    private static SyntaxToken FirstWord(MemberDeclarationSyntax member) => member.AttributeLists.Count == 0
        ? member.GetFirstToken()
        : member.AttributeLists.Last().GetLastToken().GetNextToken();
}
