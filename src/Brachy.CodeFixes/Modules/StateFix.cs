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
        if (site.Around<PropertyDeclarationSyntax>() is { Parent: TypeDeclarationSyntax type } property
            && site.Model.GetDeclaredSymbol(property, site.Cancellation) is { } symbol)
        {
            foreach (var role in Properties.RolesOf(symbol.Type))
            {
                site.Offer(Title(role), type, Changed(site, type, property, symbol.Type, role));
            }
        }
        else if (site.Around<VariableDeclaratorSyntax>() is
        {
            Parent: VariableDeclarationSyntax
            {
                Variables.Count: 1, Parent: FieldDeclarationSyntax { Parent: TypeDeclarationSyntax around }
            },
        } variable
            && site.Model.GetDeclaredSymbol(variable, site.Cancellation) is IFieldSymbol field
            && Nodes.Pascal(field.Name) is var name && (name == field.Name || field.ContainingType.GetMembers(name).IsEmpty))
        {
            foreach (var role in Properties.RolesOf(field.Type))
            {
                site.Offer(Title(role), cancellation => OfField(site, field, around.Identifier.ValueText, name, role, cancellation));
            }
        }
    }

    private static string Title(string role) => role.Length == 0 ? "Keep it as a submodule" : $"Keep it as [{role}]";

    private static TypeDeclarationSyntax Changed(
        FixSite site, TypeDeclarationSyntax type, PropertyDeclarationSyntax property, ITypeSymbol of, string role)
    {
        var kept = property.WithType(Properties.TypeFor(of, property.Type)).AsPartial(isSettable: true);
        if (role.Length > 0)
        {
            kept = (PropertyDeclarationSyntax)kept.With(site.NameOf(role), ownLine: false);
        }

        var changed = type.ReplaceNode(property, kept);
        return property.Initializer is { } initializer ? changed.Assigned(property.Identifier.Text, initializer.Value) : changed;
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
        var around = (TypeDeclarationSyntax)old.Parent!;
        var modifiers = string.Concat(old.Modifiers.Where(m => !m.IsKind(SyntaxKind.ReadOnlyKeyword)).Select(m => m.Text + " "));
        var property = (PropertyDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration(
            $"{modifiers}partial {old.Declaration.Type.WithoutTrivia()} {name} {{ get; set; }}")!;
        property = property.WithType(Properties.TypeFor(field.Type, property.Type)).WithAttributeLists(old.AttributeLists)
            .WithLeadingTrivia(old.GetLeadingTrivia()).WithTrailingTrivia(old.GetTrailingTrivia());
        if (role.Length > 0)
        {
            property = (PropertyDeclarationSyntax)property.With(site.NameOf(role), ownLine: false);
        }

        var changed = around.ReplaceNode(old, property);
        changed = old.Declaration.Variables[0].Initializer is { } initializer ? changed.Assigned(name, initializer.Value) : changed;
        return document.WithSyntaxRoot(root.ReplaceNode(around, changed)).Project.Solution;
    }
}
