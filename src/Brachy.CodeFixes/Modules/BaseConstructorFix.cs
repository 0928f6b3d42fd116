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
            var declarations = constructor.Parameters.Select(p => p.DeclaringSyntaxReferences.Length == 1
                ? p.DeclaringSyntaxReferences[0].GetSyntax(site.Cancellation).ToString()
                : $"{p.Type.ToMinimalDisplayString(site.Model, type.SpanStart)} {p.Name}");
            var names = constructor.Parameters.Select(p => p.Name);
            site.Offer(
                $"Add a constructor with '{string.Join(", ", names)}'", type,
                type.WithMember(Nodes.Member(
                    $"public {type.Identifier.Text}({string.Join(", ", declarations)})\n: base({string.Join(", ", names)})\n{{\n}}")));
        }
    }
}
