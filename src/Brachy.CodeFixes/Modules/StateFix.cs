using System;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Rename;

namespace Brachy.CodeFixes;

/// <summary>Keeps a field or property of a module in its tree.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StateFix)), Shared]
public sealed class StateFix() : BrachyFix("BRACHY018")
{
    private protected override void Offer(FixSite site)
    {
        site.Diagnostic.Properties.TryGetValue("Mend", out var mend);
        if (mend == "Static" && site.Around<MemberDeclarationSyntax>() is { } member)
        {
            site.Offer("Declare it static", member, AsStatic(member));
        }
        else if (mend == "Module" && site.Around<ClassDeclarationSyntax>() is { } derived
            && Attributes.Find(derived.AttributeLists, "Module") is null)
        {
            // A class that is no module becomes one first.
            site.Offer(
                $"Mark '{derived.Identifier.Text}' [Module]", derived,
                derived.With(SyntaxKind.PartialKeyword).With(site.NameOf("Module"), ownLine: true));
        }
        else if (site.Around<PropertyDeclarationSyntax>() is { Parent: TypeDeclarationSyntax } property
            && site.Model.GetDeclaredSymbol(property, site.Cancellation) is { } symbol)
        {
            foreach (var role in Properties.RolesOf(symbol.Type))
            {
                site.Offer(Title(role), cancellation => Constructors.MoveValueAsync(
                    site.Document, property, Kept(site, property, symbol.Type, role), property.Initializer?.Value, cancellation));
            }
        }
        else if (site.Around<VariableDeclaratorSyntax>() is
        {
            Parent: VariableDeclarationSyntax
            {
                Variables.Count: 1, Parent: FieldDeclarationSyntax { Parent: TypeDeclarationSyntax declaring }
            },
        } variable
            && site.Model.GetDeclaredSymbol(variable, site.Cancellation) is IFieldSymbol field)
        {
            var name = FreeName(field, site.Model.Compilation);
            foreach (var role in Properties.RolesOf(field.Type))
            {
                site.Offer(Title(role), cancellation => OfField(site, field, declaring.Identifier.ValueText, name, role, cancellation));
            }
        }
    }

    private static MemberDeclarationSyntax AsStatic(MemberDeclarationSyntax member)
    {
        var isReadOnly = member.Modifiers.Any(SyntaxKind.ReadOnlyKeyword);
        var bare = isReadOnly ? member.Without(member.Modifiers.First(m => m.IsKind(SyntaxKind.ReadOnlyKeyword))) : member;
        var changed = bare.With(SyntaxKind.StaticKeyword);
        return isReadOnly ? changed.With(SyntaxKind.ReadOnlyKeyword) : changed;
    }

    private static string Title(string role) => role.Length == 0 ? "Keep it as a submodule" : $"Keep it as [{role}]";

    /// <summary>A name that no other member has, nor what every module has, nor the class.</summary>
    private static string FreeName(IFieldSymbol field, Compilation compilation)
    {
        var (type, name) = (field.ContainingType, Nodes.Pascal(field.Name));
        return new[] { name, name + "Value", name + "State" }.First(candidate => candidate.EndsWith("State", StringComparison.Ordinal)
            || candidate == field.Name
            || (candidate != type.Name && !InheritedNames.Has(candidate, compilation) && !DeclaredTypes.Has(type, candidate)));
    }

    private static PropertyDeclarationSyntax Kept(FixSite site, PropertyDeclarationSyntax property, ITypeSymbol of, string role)
    {
        var kept = property.WithType(Properties.TypeFor(of, property.Type)).AsPartial(isSettable: true);
        return role.Length > 0 ? (PropertyDeclarationSyntax)kept.With(site.NameOf(role), ownLine: false) : kept;
    }

    /// <summary>A property has another name than a field, everywhere.</summary>
    private static async Task<Solution> OfField(
        FixSite site, IFieldSymbol field, string type, string name, string role, CancellationToken cancellation)
    {
        var solution = await Renamer.RenameSymbolAsync(site.Document.Project.Solution, field, new SymbolRenameOptions(), name, cancellation)
            .ConfigureAwait(false);
        var document = solution.GetDocument(site.Document.Id)!;
        var root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        var old = root.DescendantNodes().OfType<FieldDeclarationSyntax>().First(f =>
            f.Parent is TypeDeclarationSyntax t && t.Identifier.ValueText == type
            && f.Declaration.Variables[0].Identifier.ValueText == name);
        var modifiers = string.Concat(
            old.Modifiers.Where(m => m.Kind() is not (SyntaxKind.ReadOnlyKeyword or SyntaxKind.VolatileKeyword)).Select(m => m.Text + " "));
        var property = (PropertyDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration(
            $"{modifiers}partial {old.Declaration.Type.WithoutTrivia()} {name} {{ get; set; }}")!;
        property = property.WithType(Properties.TypeFor(field.Type, property.Type)).WithAttributeLists(old.AttributeLists)
            .WithLeadingTrivia(old.GetLeadingTrivia()).WithTrailingTrivia(old.GetTrailingTrivia());
        if (role.Length > 0)
        {
            property = (PropertyDeclarationSyntax)property.With(site.NameOf(role), ownLine: false);
        }

        return await Constructors.MoveValueAsync(
            document, old, property, old.Declaration.Variables[0].Initializer?.Value, cancellation).ConfigureAwait(false);
    }
}
