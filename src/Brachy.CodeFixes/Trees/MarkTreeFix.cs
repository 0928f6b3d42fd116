using System.Composition;
using System.Linq;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Marks the type of a value [Tree], or takes Brachy's tensor for TorchSharp's.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MarkTreeFix)), Shared]
public sealed class MarkTreeFix() : BrachyFix("BRACHY027")
{
    private protected override void Offer(FixSite site)
    {
        if (DeclaredTypes.TypeAt(site) is not { } type)
        {
            return;
        }

        if (type.IsTorchTensor())
        {
            if (site.Around<ParameterSyntax>()?.Type is { } written)
            {
                site.Offer("Take a Brachy.Tensor", written,
                    SyntaxFactory.ParseTypeName("global::Brachy.Tensor").WithTriviaFrom(written).Laid());
            }

            return;
        }

        if (!type.Mentions(BrachyTypes.IsTorchTensor)
            && DeclaredTypes.OfProject(type).FirstOrDefault(
                t => !t.IsTree() && !t.IsModule() && t.TypeKind is TypeKind.Class or TypeKind.Struct
                    && DeclaredTypes.Written(site.Document.Project.Solution, t).Any())
                is { } marked)
        {
            var attribute = site.NameOf("Tree");
            var first = DeclaredTypes.Written(site.Document.Project.Solution, marked).First().Part;
            site.Offer($"Mark '{marked.Name}' [Tree]", cancellation => DeclaredTypes.ChangeAsync(
                site.Document.Project.Solution, marked,
                (old, part) => part.With(SyntaxKind.PartialKeyword) is var partial && old == first
                    ? (TypeDeclarationSyntax)partial.With(attribute, ownLine: true)
                    : partial,
                cancellation));
        }
    }
}
