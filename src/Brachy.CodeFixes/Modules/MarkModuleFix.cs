using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Marks a class [Module], or takes away an attribute that only modules know.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MarkModuleFix)), Shared]
public sealed class MarkModuleFix() : BrachyFix("BRACHY007", "BRACHY040")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Around<TypeDeclarationSyntax>() is ClassDeclarationSyntax type && Attributes.Find(type.AttributeLists, "Module") is null)
        {
            site.Offer(
                $"Mark '{type.Identifier.Text}' [Module]", type,
                type.With(SyntaxKind.PartialKeyword).With(site.NameOf("Module"), ownLine: true));
        }

        if (site.Diagnostic.Id == "BRACHY007" && site.Around<PropertyDeclarationSyntax>() is { } property)
        {
            var changed = property;
            while (Attributes.Find(changed.AttributeLists, Attributes.Roles) is { } attribute)
            {
                changed = changed.Without(attribute);
            }

            site.Offer("Remove the attribute", property, changed);
        }
    }
}
