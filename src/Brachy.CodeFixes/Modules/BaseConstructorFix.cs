using System.Composition;
using System.Linq;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Adds a constructor that takes what the base's takes.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BaseConstructorFix)), Shared]
public sealed class BaseConstructorFix() : BrachyFix("BRACHY039")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Around<ClassDeclarationSyntax>() is not { } type
            || site.Model.GetDeclaredSymbol(type, site.Cancellation) is not INamedTypeSymbol { BaseType: { } baseType })
        {
            return;
        }

        foreach (var constructor in baseType.InstanceConstructors.Where(c =>
            c.DeclaredAccessibility is not Accessibility.Private && !c.Parameters.Any(p => p.Type.IsBrachy("ModuleBinding"))))
        {
            var declarations = constructor.Parameters.Select(p => p.ToMinimalDisplayString(site.Model, type.SpanStart, s_declaration));
            var names = string.Join(
                ", ", constructor.Parameters.Select(p => p.ToMinimalDisplayString(site.Model, type.SpanStart, s_argument)));

            // Of several constructors, each is an offer of its own.
            site.Offer(
                $"Add a constructor with '{names}'", type,
                type.WithMember(Nodes.Member(
                    $"{type.Access()} {type.Identifier.Text}({string.Join(", ", declarations)}) : base({names})\n{{\n}}")),
                key: names);
        }
    }

    private static readonly SymbolDisplayFormat s_declaration = SymbolDisplayFormat.MinimallyQualifiedFormat
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeModifiers | SymbolDisplayParameterOptions.IncludeDefaultValue)
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
            | SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat s_argument =
        s_declaration.WithParameterOptions(SymbolDisplayParameterOptions.IncludeName);
}
