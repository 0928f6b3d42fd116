using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>The symbols of the declarations that concern the generator, each once.</summary>
internal static class MarkedDeclarations
{
    /// <summary>Whether a symbol has one of the attributes.</summary>
    public static bool IsMarked(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol type => type.Attribute("Module") is not null || type.IsTree() || type.Attribute("Static") is not null,
        IMethodSymbol method => method.Attribute("Jit") is not null,
        IPropertySymbol property => PropertyRoles.Marked(property).Length > 0,
        _ => false,
    };

    /// <summary>Types with [Module], [Tree] or [Static], methods with [Jit], and properties with an attribute of modules.</summary>
    public static List<ISymbol> Of(ProjectFacts facts, CancellationToken cancellation)
    {
        var all = new List<ISymbol>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var declaration in facts.Marked)
        {
            cancellation.ThrowIfCancellationRequested();
            var symbol = facts.ModelOf(declaration.SyntaxTree).GetDeclaredSymbol(declaration, cancellation);
            if (symbol is not null && IsMarked(symbol) && seen.Add(symbol))
            {
                all.Add(symbol);
            }
        }

        return all;
    }

    /// <summary>Types that may be compared by content.</summary>
    public static List<INamedTypeSymbol> Contents(ProjectFacts facts, CancellationToken cancellation)
    {
        var all = new List<INamedTypeSymbol>();
        foreach (var declaration in facts.Files.SelectMany(file => file.Contents))
        {
            cancellation.ThrowIfCancellationRequested();
            if (facts.ModelOf(declaration.SyntaxTree).GetDeclaredSymbol(declaration, cancellation) is { } type)
            {
                all.Add(type);
            }
        }

        return all;
    }
}
