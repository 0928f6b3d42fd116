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
        if (site.Around<PropertyDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax type } property)
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

        var others = type.Members.OfType<PropertyDeclarationSyntax>().Where(p => p != property)
            .Select(p => Key(Attributes.Find(p.AttributeLists, Attributes.Roles))?.Token.ValueText ?? SnakeCase.Of(p.Identifier.ValueText))
            .ToArray();
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

    private static void Offer(FixSite site, LiteralExpressionSyntax literal, string key) => site.Offer(
        $"Keep it under \"{key}\"", literal,
        SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(key)).WithTriviaFrom(literal));

    private static LiteralExpressionSyntax? Key(AttributeSyntax? attribute) =>
        attribute?.ArgumentList?.Arguments.FirstOrDefault(a => a.NameEquals is null)?.Expression as LiteralExpressionSyntax;
}
