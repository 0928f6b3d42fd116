using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Rename;

namespace Brachy.CodeFixes;

/// <summary>Adds the Forward of a module, or gives a second one another name.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ForwardFix)), Shared]
public sealed class ForwardFix() : BrachyFix("BRACHY008", "BRACHY009")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Diagnostic.Id == "BRACHY009")
        {
            Rename(site);
        }
        else if (site.Around<ClassDeclarationSyntax>() is { } type)
        {
            if (type.Members.OfType<MethodDeclarationSyntax>().FirstOrDefault(IsMisspelt) is { } method)
            {
                Rename(site, method, "Forward");
            }

            var tensor = site.NameOf("Tensor", isAttribute: false);
            site.Offer("Add Forward", type, type.WithMembers(type.WithMember(Nodes.Member(
                $"public {tensor} Forward({tensor} x) => throw new global::System.NotImplementedException();")).Members is var members
                && members.IndexOf(m => m is MethodDeclarationSyntax { Identifier.ValueText: "Forward" }) is var added
                ? members.RemoveAt(added).Add(members[added])
                : members));
            if (!type.Modifiers.Any(SyntaxKind.SealedKeyword))
            {
                site.Offer($"Make '{type.Identifier.Text}' abstract", type, type.With(SyntaxKind.AbstractKeyword));
            }
        }
    }

    private static bool IsMisspelt(MethodDeclarationSyntax method) =>
        string.Equals(method.Identifier.ValueText, "Forward", System.StringComparison.OrdinalIgnoreCase);

    private static void Rename(FixSite site)
    {
        if (site.Around<MethodDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax type } method)
        {
            return;
        }

        var names = type.Members.OfType<MethodDeclarationSyntax>().Select(m => m.Identifier.ValueText).ToArray();
        Rename(site, method, Enumerable.Range(2, names.Length + 1).Select(i => $"Forward{i}").First(name => !names.Contains(name)));
    }

    private static void Rename(FixSite site, MethodDeclarationSyntax method, string name)
    {
        if (site.Model.GetDeclaredSymbol(method, site.Cancellation) is { } symbol)
        {
            site.Offer(
                $"Rename to '{name}'",
                cancellation =>
                    Renamer.RenameSymbolAsync(site.Document.Project.Solution, symbol, new SymbolRenameOptions(), name, cancellation));
        }
    }
}
