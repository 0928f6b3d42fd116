using System.Composition;
using System.Linq;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Takes away what a property of a module cannot have: the setter of a setting, and modifiers.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PropertyShapeFix)), Shared]
public sealed class PropertyShapeFix() : BrachyFix("BRACHY011", "BRACHY015")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Around<PropertyDeclarationSyntax>() is not { } property)
        {
            return;
        }

        if (site.Diagnostic.Id == "BRACHY011")
        {
            if (property.AccessorList?.Accessors.FirstOrDefault(a => !a.IsKind(SyntaxKind.GetAccessorDeclaration)) is { } setter)
            {
                site.Offer("Remove the setter", property, property.RemoveNode(setter, SyntaxRemoveOptions.KeepNoTrivia)!);
            }
        }
        else if (Unsupported(property) is { } modifier && modifier != default
            && !(modifier.IsKind(SyntaxKind.NewKeyword) && InheritedNames.Has(property.Identifier.ValueText, site.Model.Compilation)))
        {
            site.Offer($"Remove '{modifier.Text}'", property, property.Without(modifier));
        }
    }

    private static SyntaxToken Unsupported(PropertyDeclarationSyntax property)
    {
        var always = property.Modifiers.FirstOrDefault(m => m.Kind() is SyntaxKind.StaticKeyword or SyntaxKind.VirtualKeyword
            or SyntaxKind.AbstractKeyword or SyntaxKind.NewKeyword or SyntaxKind.ExternKeyword or SyntaxKind.UnsafeKeyword);
        return always != default
            ? always
            : property.Modifiers.FirstOrDefault(m => m.Kind() is SyntaxKind.OverrideKeyword or SyntaxKind.SealedKeyword);
    }
}
