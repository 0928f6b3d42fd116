using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators.Tests;

/// <summary>A place in the runtime's sources that names something declared in another of its files.</summary>
/// <param name="From">The path of the file that names it.</param>
/// <param name="Line">The line, from 1 on.</param>
/// <param name="To">The path of the file that declares it.</param>
/// <param name="Name">What is named.</param>
/// <param name="IsPublic">Whether it and all types around it are public.</param>
internal sealed record Reference(string From, int Line, string To, string Name, bool IsPublic)
{
    /// <summary>All references between the files of the runtime.</summary>
    public static IReadOnlyList<Reference> All()
    {
        var compilation = RuntimeSources.Compilation;
        return
        [
            .. compilation.SyntaxTrees
                .Where(tree => RuntimeSources.PathOf(tree) is not null)
                .AsParallel()
                .SelectMany(tree => Of(tree, compilation.GetSemanticModel(tree)))
                .OrderBy(r => r.From, StringComparer.Ordinal)
                .ThenBy(r => r.Line),
        ];
    }

    private static IEnumerable<Reference> Of(SyntaxTree tree, SemanticModel model)
    {
        var from = RuntimeSources.PathOf(tree)!;
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            // A type's name before its member is none of its own: F.sum depends on where sum is.
            if (name.Parent is MemberAccessExpressionSyntax access && access.Expression == name
                && model.GetSymbolInfo(name).Symbol is INamedTypeSymbol { IsStatic: true })
            {
                continue;
            }

            if (model.GetSymbolInfo(name).Symbol is { } symbol && Declared(symbol) is { } to && to != from)
            {
                var line = name.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                yield return new(from, line, to, name.Identifier.ValueText, IsPublicWithTypes(symbol));
            }
        }
    }

    private static bool IsPublicWithTypes(ISymbol symbol) =>
        symbol.DeclaredAccessibility == Accessibility.Public && (symbol.ContainingType is not { } type || IsPublicWithTypes(type));

    /// <summary>The file that declares a symbol; of the parts of a type, the one with its name.</summary>
    private static string? Declared(ISymbol? symbol)
    {
        if (symbol is null or INamespaceSymbol or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol or IRangeVariableSymbol
            or ILabelSymbol)
        {
            return null;
        }

        symbol = (symbol as IMethodSymbol)?.ReducedFrom ?? symbol;
        var files = symbol.OriginalDefinition.Locations.Where(l => l.IsInSource).Select(l => RuntimeSources.PathOf(l.SourceTree!))
            .OfType<string>().ToArray();
        return files.FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) == symbol.Name)
            ?? files.FirstOrDefault()
            ?? (symbol.ContainingType is { } type && symbol.OriginalDefinition.Locations.Any(l => l.IsInSource) ? Declared(type) : null);
    }
}
