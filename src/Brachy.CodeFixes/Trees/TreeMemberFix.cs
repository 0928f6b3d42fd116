using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Lets a member of a [Tree] type be set.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TreeMemberFix)), Shared]
public sealed class TreeMemberFix() : BrachyFix("BRACHY033")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Around<PropertyDeclarationSyntax>() is { AccessorList: { } list } property)
        {
            var getter = list.Accessors.Last();
            var init = SyntaxFactory.AccessorDeclaration(SyntaxKind.InitAccessorDeclaration)
                .WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken)).WithTriviaFrom(getter);
            var accessors = list.Accessors.Replace(getter, getter.WithTrailingTrivia(SyntaxFactory.Space))
                .Add(init.WithLeadingTrivia(SyntaxFactory.TriviaList()));
            site.Offer("Add 'init'", property, property.WithAccessorList(list.WithAccessors(accessors)));
        }
        else if (site.Around<FieldDeclarationSyntax>() is { } field
            && field.Parent is TypeDeclarationSyntax around && !around.Modifiers.Any(SyntaxKind.ReadOnlyKeyword)
            && field.Modifiers.FirstOrDefault(m => m.IsKind(SyntaxKind.ReadOnlyKeyword)) is var mark && mark != default)
        {
            site.Offer("Remove 'readonly'", field, field.Without(mark));
        }
    }
}
