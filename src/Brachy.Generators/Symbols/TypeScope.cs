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
        Declarations(type),
        type.Metadata(),
        type.Dotted());

    /// <summary>The type and those around it that are not partial, so that nothing can be added to them.</summary>
    public static IReadOnlyList<INamedTypeSymbol> NotPartial(INamedTypeSymbol type)
    {
        var chain = Chain(type);
        chain.RemoveAll(IsPartial);
        return chain;
    }

    public static bool IsPartial(INamedTypeSymbol type)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax() is TypeDeclarationSyntax declaration && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Begins the namespace and the types, of which the innermost then has its members written.</summary>
    /// <param name="writer">Writes the file.</param>
    /// <param name="baseList">The base list of the innermost type, with its colon, or empty.</param>
    /// <param name="attributes">The attributes of the innermost type.</param>
    public void Open(SourceWriter writer, string baseList, EquatableArray<string>? attributes = null)
    {
        if (Namespace.Length > 0)
        {
            writer.Line($"namespace {Namespace};");
            writer.Separate();
        }

        for (var i = 0; i < Types.Count; i++)
        {
            var isInnermost = i == Types.Count - 1;
            if (isInnermost && attributes is not null)
            {
                writer.Attributes([.. attributes]);
            }

            writer.Open(Types[i] + (isInnermost ? baseList : ""));
        }
    }

    /// <summary>Ends the types.</summary>
    public void Close(SourceWriter writer)
    {
        for (var i = 0; i < Types.Count; i++)
        {
            writer.Close();
        }
    }

    private static List<INamedTypeSymbol> Chain(INamedTypeSymbol type)
    {
        var chain = new List<INamedTypeSymbol>();
        for (var current = type; current is not null; current = current.ContainingType)
        {
            chain.Add(current);
        }

        return chain;
    }

    private static EquatableArray<string> Declarations(INamedTypeSymbol type)
    {
        var declarations = Chain(type).ConvertAll(Declaration);
        declarations.Reverse();
        return declarations.ToEquatableArray();
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
