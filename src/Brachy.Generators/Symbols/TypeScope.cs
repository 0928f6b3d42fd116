using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>Where a generated member goes: the namespace and the nested partial types, outermost first.</summary>
/// <param name="Namespace">The namespace, or empty for the global one.</param>
/// <param name="Types">Declarations such as <c>partial class Outer&lt;T&gt;</c>.</param>
/// <param name="FileName">The name of the generated file, without its ending.</param>
/// <param name="DisplayName">The name for people: <c>Namespace.Outer.Inner</c>.</param>
internal sealed record TypeScope(string Namespace, EquatableArray<string> Types, string FileName, string DisplayName)
{
    public static TypeScope Of(INamedTypeSymbol type) => new(
        type.ContainingNamespace.IsGlobalNamespace
            ? ""
            : type.ContainingNamespace.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat
                .WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted)),
        Chain(type).Reverse().Select(Declaration).ToEquatableArray(),
        type.Metadata(),
        type.Dotted());

    /// <summary>The type and those around it that are not partial, so that nothing can be added to them.</summary>
    public static IEnumerable<INamedTypeSymbol> NotPartial(INamedTypeSymbol type) => Chain(type).Where(t => !IsPartial(t));

    public static bool IsPartial(INamedTypeSymbol type) => type.DeclaringSyntaxReferences
        .Select(r => r.GetSyntax())
        .OfType<TypeDeclarationSyntax>()
        .All(d => d.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>Writes the namespace and the types around a body.</summary>
    /// <param name="writer">Writes the file.</param>
    /// <param name="baseList">The base list of the innermost type, with its colon, or empty.</param>
    /// <param name="body">Writes the members.</param>
    /// <param name="attributes">The attributes of the innermost type.</param>
    public void Write(SourceWriter writer, string baseList, System.Action body, EquatableArray<string> attributes = default)
    {
        if (Namespace.Length > 0)
        {
            writer.Line($"namespace {Namespace};");
            writer.Separate();
        }

        Write(0);

        void Write(int depth)
        {
            if (depth == Types.Count)
            {
                body();
            }
            else
            {
                writer.Attributes(depth == Types.Count - 1 ? [.. attributes] : []);

                writer.Block(Types[depth] + (depth == Types.Count - 1 ? baseList : ""), () => Write(depth + 1));
            }
        }
    }

    private static IEnumerable<INamedTypeSymbol> Chain(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.ContainingType)
        {
            yield return current;
        }
    }

    private static string Declaration(INamedTypeSymbol type)
    {
        var keyword = type switch
        {
            { IsRecord: true, IsValueType: true } => "record struct",
            { IsRecord: true } => "record",
            { TypeKind: TypeKind.Struct } => "struct",
            { TypeKind: TypeKind.Interface } => "interface",
            _ => "class",
        };
        var parameters = type.TypeParameters.Length == 0
            ? ""
            : $"<{string.Join(", ", type.TypeParameters.Select(p => TypeNames.Identifier(p.Name)))}>";
        return $"partial {keyword} {TypeNames.Identifier(type.Name)}{parameters}";
    }
}
