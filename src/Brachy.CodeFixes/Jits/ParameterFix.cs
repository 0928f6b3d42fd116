using System.Composition;
using System.Linq;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Says what a parameter of a compiled method is: a tensor, or static; and takes away attributes without effect.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ParameterFix)), Shared]
public sealed class ParameterFix() : BrachyFix("BRACHY024", "BRACHY025", "BRACHY026")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Around<ParameterSyntax>() is not { Type: { } type } parameter)
        {
            return;
        }

        if (site.Diagnostic.Id == "BRACHY024")
        {
            // A compiled lambda has no attributes that the generator sees.
            if (parameter.Parent?.Parent is MethodDeclarationSyntax)
            {
                var tensor = SyntaxFactory.ParseTypeName(site.NameOf("Tensor", isAttribute: false));

                // A tensor has no default but null.
                if (parameter.Default is null || parameter.Default.Value.IsKind(SyntaxKind.NullLiteralExpression))
                {
                    site.Offer("Take a Tensor", parameter, parameter.WithType(
                        (type is NullableTypeSyntax ? SyntaxFactory.NullableType(tensor) : tensor).WithTriviaFrom(type)));
                }

                site.Offer("Mark it [Static]", parameter, parameter.With(site.NameOf("Static")));
            }

            return;
        }

        var names = site.Diagnostic.Id == "BRACHY025" ? ["Donate", "Varying"] : new[] { "Donate", "Static", "Varying" };
        foreach (var attribute in parameter.AttributeLists.SelectMany(l => l.Attributes).Where(a => names.Contains(a.Short())))
        {
            site.Offer($"Remove [{attribute.Short()}]", parameter, parameter.Without(attribute));
        }

        if (site.Diagnostic.Id == "BRACHY026" && site.Around<MethodDeclarationSyntax>() is { } method)
        {
            site.Offer($"Mark '{method.Identifier.Text}' [Jit]", method, method.With(site.NameOf("Jit"), ownLine: true));
        }
    }
}
