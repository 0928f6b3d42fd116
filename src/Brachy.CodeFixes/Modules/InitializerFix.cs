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
        if (site.Around<PropertyDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax type, Initializer: { } initializer } property)
        {
            return;
        }

        var config = Attributes.Find(property.AttributeLists, "Config");
        if (config is not null && site.Model.GetConstantValue(initializer.Value, site.Cancellation).HasValue)
        {
            var given = SyntaxFactory.ParseAttributeArgumentList($"(Default = {initializer.Value})")!.Arguments[0];
            var list = (config.ArgumentList ?? SyntaxFactory.AttributeArgumentList()).AddArguments(given).Laid();
            site.Offer(
                "Make it the Default", property,
                property.ReplaceNode(config, config.WithArgumentList(list)).AsPartial(isSettable: false));
        }
        else if (config is null)
        {
            site.Offer(
                "Assign it in the constructor", type,
                type.ReplaceNode(property, property.AsPartial(isSettable: true)).Assigned(property.Identifier.Text, initializer.Value));
        }
    }
}
