using System.Collections.Generic;
using System.Composition;
using System.Linq;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Gives a property a key of its own, of which paths can be made.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(KeyFix)), Shared]
public sealed class KeyFix() : BrachyFix("BRACHY012", "BRACHY037")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Around<PropertyDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax } property)
        {
            return;
        }

        var natural = SnakeCase.Of(property.Identifier.ValueText);
        var attribute = Attributes.Find(property.AttributeLists, Attributes.Roles);
        if (site.Diagnostic.Id == "BRACHY037")
        {
            if (Key(attribute) is { } literal)
            {
                Offer(site, literal, literal.Token.ValueText.Length == 0 ? natural : literal.Token.ValueText.Replace('.', '_'));
            }

            return;
        }

        var symbol = site.Model.GetDeclaredSymbol(property, site.Cancellation);
        var others = KeysOf(symbol?.ContainingType, symbol).ToArray();
        var key = new[] { natural }.Concat(Enumerable.Range(2, others.Length + 1).Select(i => $"{natural}_{i}"))
            .First(k => !others.Contains(k));
        if (Key(attribute) is { } written)
        {
            Offer(site, written, key);
        }
        else if (attribute is not null)
        {
            var arguments = SyntaxFactory.ParseAttributeArgumentList($"(\"{key}\")")!;
            site.Offer($"Keep it under \"{key}\"", attribute, attribute.WithArgumentList(arguments));
        }
        else
        {
            site.Offer(
                $"Keep it under \"{key}\"", property, property.With($"{site.NameOf("Submodule")}(\"{key}\")", ownLine: false));
        }
    }

    /// <summary>The keys of a class, in whichever part, and of those that it derives from.</summary>
    private static IEnumerable<string> KeysOf(INamedTypeSymbol? type, ISymbol? except) => type is null
        ? []
        : type.GetMembers().OfType<IPropertySymbol>().Where(p => !SymbolEqualityComparer.Default.Equals(p, except)).Select(p =>
            Attributes.Roles.Select(p.Attribute).FirstOrDefault(a => a is not null)?.ConstructorArguments.FirstOrDefault().Value as string
            ?? SnakeCase.Of(p.Name)).Concat(KeysOf(type.BaseType, except));

    private static void Offer(FixSite site, LiteralExpressionSyntax literal, string key) => site.Offer(
        $"Keep it under \"{key}\"", literal,
        SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(key)).WithTriviaFrom(literal));

    private static LiteralExpressionSyntax? Key(AttributeSyntax? attribute) =>
        attribute?.ArgumentList?.Arguments.FirstOrDefault(a => a.NameEquals is null)?.Expression as LiteralExpressionSyntax;
}
