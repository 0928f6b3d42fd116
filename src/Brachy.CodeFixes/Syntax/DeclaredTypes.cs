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

    /// <summary>Whether a class or one that it derives from has a member of a name.</summary>
    public static bool Has(INamedTypeSymbol? type, string name) =>
        type is not null && (!type.GetMembers(name).IsEmpty || Has(type.BaseType, name));

    /// <summary>The types of a namespace, those in types too.</summary>
    public static IEnumerable<INamedTypeSymbol> Of(INamespaceOrTypeSymbol space) => space.GetMembers().OfType<INamespaceOrTypeSymbol>()
        .SelectMany(member => member is INamedTypeSymbol type ? Of(type).Prepend(type) : Of(member));

    /// <summary>The parts of a type that somebody wrote, in whichever files they are; other generators may have more.</summary>
    public static IEnumerable<(DocumentId Document, TypeDeclarationSyntax Part)> Written(Solution solution, INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences
            .Select(reference => (Document: solution.GetDocument(reference.SyntaxTree), Part: reference.GetSyntax()))
            .Where(found => found is { Document: not null and not SourceGeneratedDocument, Part: TypeDeclarationSyntax })
            .Select(found => (found.Document!.Id, (TypeDeclarationSyntax)found.Part));

    /// <summary>Changes each written part of a type: the part as it was, and as it is after changes of types inside it.</summary>
    public static async Task<Solution> ChangeAsync(
        Solution solution, INamedTypeSymbol type, Func<TypeDeclarationSyntax, TypeDeclarationSyntax, TypeDeclarationSyntax> change,
        CancellationToken cancellation)
    {
        foreach (var file in Written(solution, type).GroupBy(p => p.Document, p => p.Part).ToArray())
        {
            var root = await solution.GetDocument(file.Key)!.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
            solution = solution.WithDocumentSyntaxRoot(file.Key, root!.ReplaceNodes(file, change));
        }

        return solution;
    }
}
