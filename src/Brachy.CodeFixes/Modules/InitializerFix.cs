using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Moves the initializer of a property into the constructors, or to the attribute of a setting.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InitializerFix)), Shared]
public sealed class InitializerFix() : BrachyFix("BRACHY053")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Around<PropertyDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax, Initializer: { } initializer } property)
        {
            return;
        }

        var config = Attributes.Find(property.AttributeLists, "Config");
        if (config is null)
        {
            site.Offer("Assign it in the constructor", cancellation => Constructors.MoveValueAsync(
                site.Document, property, property.AsPartial(isSettable: true), initializer.Value, cancellation));
        }
        else if (property.WithDefault(config, initializer.Value, site) is { } changed)
        {
            site.Offer("Make it the Default", property, changed.AsPartial(isSettable: false));
        }
    }
}
