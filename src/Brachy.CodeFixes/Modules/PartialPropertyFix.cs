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
        if (site.Around<PropertyDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax } property)
        {
            return;
        }

        var (title, value) = ($"Make '{property.Identifier.Text}' partial", ValueOf(property, site));
        if (Attributes.Find(property.AttributeLists, "Config") is not { } config)
        {
            site.Offer(title, cancellation => Constructors.MoveValueAsync(
                site.Document, property, property.AsPartial(isSettable: true), value, cancellation));
        }
        else if ((value is null ? property : property.WithDefault(config, value, site)) is { } changed)
        {
            site.Offer(title, property, changed.AsPartial(isSettable: false));
        }
    }

    /// <summary>The value that a property begins with: what it computes, too, if it asks nothing of the module.</summary>
    private static ExpressionSyntax? ValueOf(PropertyDeclarationSyntax property, FixSite site) =>
        property.Initializer is { } initializer ? initializer.Value
        : Computed(property) is { } value && !value.DescendantNodesAndSelf().Any(node => AsksTheModule(node, site)) ? value
        : null;

    private static ExpressionSyntax? Computed(PropertyDeclarationSyntax property) =>
        property.ExpressionBody?.Expression ?? property.AccessorList switch
        {
            { Accessors: { Count: 1 } only } when only[0].ExpressionBody is { } body => body.Expression,
            { Accessors: { Count: 1 } only } when only[0].Body is { Statements: { Count: 1 } lines } =>
                (lines[0] as ReturnStatementSyntax)?.Expression,
            _ => null,
        };

    private static bool AsksTheModule(SyntaxNode node, FixSite site) => node is ThisExpressionSyntax or BaseExpressionSyntax
        || (node is SimpleNameSyntax name
            && !(name.Parent is MemberAccessExpressionSyntax access && access.Name == name)
            && site.Model.GetSymbolInfo(name, site.Cancellation).Symbol is { IsStatic: false } and (IPropertySymbol or IFieldSymbol
                or IMethodSymbol));
}
