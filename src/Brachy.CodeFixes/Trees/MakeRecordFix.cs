using System.Composition;
using System.Linq;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Makes a record, which is compared by content, of a class that is not.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakeRecordFix)), Shared]
public sealed class MakeRecordFix() : BrachyFix("BRACHY035", "BRACHY036")
{
    private protected override void Offer(FixSite site)
    {
        if (DeclaredTypes.OfProject(DeclaredTypes.TypeAt(site)).FirstOrDefault(t => CanBeRecord(t, site)) is not { } type)
        {
            return;
        }

        site.Offer($"Make '{type.Name}' a record", cancellation => DeclaredTypes.ChangeAsync(
            site.Document.Project.Solution, type,
            (_, part) => part is ClassDeclarationSyntax declaration ? Records.AsRecord(declaration) : part, cancellation));
    }

    /// <summary>A class that others derive from cannot, because only records derive from records.</summary>
    private static bool CanBeRecord(INamedTypeSymbol type, FixSite site) =>
        type is { TypeKind: TypeKind.Class, IsRecord: false, IsStatic: false, BaseType.SpecialType: SpecialType.System_Object }
        && !type.IsTree() && !type.IsModule()
        && !type.GetMembers("Equals").OfType<IMethodSymbol>().Any(m => m.IsOverride)
        && DeclaredTypes.Written(site.Document.Project.Solution, type).Any()
        && (type.IsSealed || !DeclaredTypes.Of(site.Model.Compilation.Assembly.GlobalNamespace).Any(
            other => SymbolEqualityComparer.Default.Equals(other.BaseType?.OriginalDefinition, type)));
}
