using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Makes a [Jit] method static, and its parameters ordinary ones.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(JitMethodFix)), Shared]
public sealed class JitMethodFix() : BrachyFix("BRACHY020", "BRACHY022")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Diagnostic.Id == "BRACHY020")
        {
            if (site.Around<MethodDeclarationSyntax>() is { } method && !method.Modifiers.Any(m =>
                m.Kind() is SyntaxKind.VirtualKeyword or SyntaxKind.OverrideKeyword or SyntaxKind.AbstractKeyword))
            {
                site.Offer($"Make '{method.Identifier.Text}' static", method, method.With(SyntaxKind.StaticKeyword));
            }
        }
        else if (site.Around<ParameterSyntax>() is { } parameter
            && parameter.Modifiers.FirstOrDefault(m => m.Kind() is SyntaxKind.ParamsKeyword or SyntaxKind.InKeyword) is var modifier
            && modifier != default)
        {
            site.Offer(
                $"Remove '{modifier.Text}'", parameter,
                parameter.WithModifiers(parameter.Modifiers.Remove(modifier)).WithLeadingTrivia(parameter.GetLeadingTrivia()));
        }
    }
}
