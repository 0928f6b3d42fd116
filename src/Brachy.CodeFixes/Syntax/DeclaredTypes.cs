using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Finds and changes the declarations of types, which may lie in other files.</summary>
internal static class DeclaredTypes
{
    /// <summary>The type of the parameter, property, field or result under a diagnostic.</summary>
    public static ITypeSymbol? TypeAt(FixSite site) => site.Node.AncestorsAndSelf()
        .Select(node => node is VariableDeclaratorSyntax or ParameterSyntax or PropertyDeclarationSyntax or MethodDeclarationSyntax
            ? site.Model.GetDeclaredSymbol(node, site.Cancellation)
            : null)
        .FirstOrDefault(symbol => symbol is not null) switch
    {
        IParameterSymbol parameter => parameter.Type,
        IPropertySymbol property => property.Type,
        IFieldSymbol field => field.Type,
        IMethodSymbol method => method.ReturnType,
        _ => null,
    };

    /// <summary>The types of the project that a type is, is written with or stores.</summary>
    public static IEnumerable<INamedTypeSymbol> OfProject(ITypeSymbol? type)
    {
        var (found, waiting) = (new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default), new Queue<ITypeSymbol>());
        if (type is not null)
        {
            waiting.Enqueue(type);
        }

        while (waiting.Count > 0)
        {
            waiting.Dequeue().Mentions(mentioned =>
            {
                if (found.Add(mentioned) && mentioned.Locations.Any(l => l.IsInSource))
                {
                    foreach (var field in mentioned.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic))
                    {
                        waiting.Enqueue(field.Type);
                    }
                }

                return false;
            });
        }

        return found.OfType<INamedTypeSymbol>().Where(t => t.Locations.Any(l => l.IsInSource) && !t.IsTupleType);
    }

    /// <summary>Changes each part of a type, in whichever files they are.</summary>
    public static async Task<Solution> ChangeAsync(
        Solution solution, INamedTypeSymbol type, Func<TypeDeclarationSyntax, bool, TypeDeclarationSyntax> change,
        CancellationToken cancellation)
    {
        var parts = new List<(DocumentId Document, TypeDeclarationSyntax Part)>();
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (solution.GetDocument(reference.SyntaxTree) is { } document
                && await reference.GetSyntaxAsync(cancellation).ConfigureAwait(false) is TypeDeclarationSyntax part)
            {
                parts.Add((document.Id, part));
            }
        }

        var first = parts.Select(p => p.Part).FirstOrDefault();
        foreach (var file in parts.GroupBy(p => p.Document, p => p.Part))
        {
            var root = await solution.GetDocument(file.Key)!.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
            solution = solution.WithDocumentSyntaxRoot(
                file.Key, root!.ReplaceNodes(file, (old, part) => change(part, old == first)));
        }

        return solution;
    }
}
