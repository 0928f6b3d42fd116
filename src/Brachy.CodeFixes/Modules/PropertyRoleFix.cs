using System.Composition;
using System.Linq;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Gives a property the role that goes with its type.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PropertyRoleFix)), Shared]
public sealed class PropertyRoleFix() : BrachyFix("BRACHY004", "BRACHY005", "BRACHY006", "BRACHY014")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Node.FirstAncestorOrSelf<ParameterSyntax>() is { } parameter)
        {
            if (Attributes.Find(parameter.AttributeLists, "Static") is { } mark)
            {
                site.Offer("Remove [Static]", parameter, parameter.Without(mark));
            }

            return;
        }

        if (site.Around<PropertyDeclarationSyntax>() is not { } property
            || site.Model.GetDeclaredSymbol(property, site.Cancellation) is not { } symbol)
        {
            return;
        }

        switch (site.Diagnostic.Id)
        {
            case "BRACHY004" when Attributes.Find(property.AttributeLists, "Static") is { } attribute:
                if (symbol.Type.IsModule())
                {
                    site.Offer("Remove [Static]", property, property.Without(attribute));
                }
                else if (Properties.ModuleIn(symbol.Type) is null)
                {
                    Choose(site, property, attribute, symbol.Type);
                }

                break;
            case "BRACHY005" when Attributes.Find(property.AttributeLists, "Param", "Buffer") is { } attribute
                && Properties.RolesOf(symbol.Type)[0] == "Static":
                site.Offer("Use [Static]", attribute, attribute.Named("Static"));
                break;
            case "BRACHY006":
                Keep(site, property);
                break;
            case "BRACHY014":
                Add(site, property, symbol.Type);
                break;
            default:
                break;
        }
    }

    private static void Choose(FixSite site, PropertyDeclarationSyntax property, AttributeSyntax attribute, ITypeSymbol type)
    {
        foreach (var role in Properties.RolesOf(type).Where(r => r is "Param" or "Buffer"))
        {
            site.Offer($"Use [{role}]", attribute, attribute.Named(role));
        }
    }

    private static void Keep(FixSite site, PropertyDeclarationSyntax property)
    {
        var marks = property.AttributeLists.SelectMany(l => l.Attributes).Select(a => a.Short()).Where(Attributes.Roles.Contains).ToArray();
        foreach (var kept in marks)
        {
            var changed = property;
            foreach (var other in marks.Where(m => m != kept))
            {
                changed = changed.Without(Attributes.Find(changed.AttributeLists, other)!);
            }

            site.Offer($"Keep [{kept}]", property, changed);
        }
    }

    private static void Add(FixSite site, PropertyDeclarationSyntax property, ITypeSymbol type)
    {
        if (Properties.ModuleIn(type) is not null)
        {
            site.Offer("Use a ModuleList", property.Type, Properties.TypeFor(type, property.Type));
            return;
        }

        foreach (var role in Properties.RolesOf(type))
        {
            site.Offer($"Mark it [{role}]", property, property.With(site.NameOf(role), ownLine: false));
        }

        if (property.AccessorList?.Accessors.All(a => a.IsKind(SyntaxKind.GetAccessorDeclaration)) == true)
        {
            var key = SnakeCase.Of(property.Identifier.ValueText);
            site.Offer("Mark it [Config]", property, property.With($"{site.NameOf("Config")}(\"{key}\")", ownLine: false));
        }
    }
}
