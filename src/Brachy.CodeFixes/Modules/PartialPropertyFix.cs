using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Makes a property partial and leaves its body to the generator; its initializer goes into the constructors.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PartialPropertyFix)), Shared]
public sealed class PartialPropertyFix() : BrachyFix("BRACHY003")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Around<PropertyDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax type } property)
        {
            return;
        }

        var isConfig = Attributes.Find(property.AttributeLists, "Config") is not null;
        var changed = type.ReplaceNode(property, property.AsPartial(isSettable: !isConfig));
        site.Offer(
            $"Make '{property.Identifier.Text}' partial", type,
            property.Initializer is { } initializer && !isConfig ? changed.Assigned(property.Identifier.Text, initializer.Value) : changed);
    }
}
