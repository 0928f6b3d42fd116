using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Declares a type partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakePartialFix)), Shared]
public sealed class MakePartialFix() : BrachyFix("BRACHY001", "BRACHY002", "BRACHY030")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Around<TypeDeclarationSyntax>() is { } type)
        {
            site.Offer($"Make '{type.Identifier.Text}' partial", type, type.With(SyntaxKind.PartialKeyword));
        }
    }
}
