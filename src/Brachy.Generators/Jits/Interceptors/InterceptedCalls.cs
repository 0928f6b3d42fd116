using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>
/// Finds the calls of methods that are to be led to compiled ones. Nothing is looked at in a project without such methods; in others only
/// calls by one of their names are bound.
/// </summary>
internal static class InterceptedCalls
{
    private static readonly ConditionalWeakTable<SyntaxTree, CallsByName> s_known = new();

    public static EquatableArray<InterceptedCall> Of(
        Compilation compilation, EquatableArray<InterceptorModel> methods, CancellationToken cancellation)
    {
        if (methods.Count == 0)
        {
            return EquatableArray<InterceptedCall>.Empty;
        }

        var names = new HashSet<string>(methods.Select(method => method.Name));
        var ids = new HashSet<string>(methods.Select(method => method.Id));
        var facts = ProjectFacts.Of(compilation, cancellation);
        var calls = new List<InterceptedCall>();
        foreach (var call in compilation.SyntaxTrees.SelectMany(tree => Candidates(tree, names, cancellation)))
        {
            cancellation.ThrowIfCancellationRequested();
            var model = facts.ModelOf(call.SyntaxTree);
            if (Called(call, model, cancellation)?.GetDocumentationCommentId() is { } id && ids.Contains(id)
                && !IsInExpressionTree(call, model, cancellation)
                && model.GetInterceptableLocation(call, cancellation) is { } location)
            {
                calls.Add(new InterceptedCall(id, location.GetInterceptsLocationAttributeSyntax(), PlaceOf(call)));
            }
        }

        return calls.ToEquatableArray();
    }

    /// <summary>
    /// The method that is called; where an argument needs code that is yet to be generated, the one of that name that the others fit.
    /// </summary>
    private static IMethodSymbol? Called(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellation)
    {
        var found = model.GetSymbolInfo(call, cancellation);
        var fitting = found.CandidateSymbols.OfType<IMethodSymbol>().Where(method => Fits(method, call, model, cancellation)).ToArray();
        var method = found.Symbol as IMethodSymbol ?? (fitting.Length == 1 ? fitting[0] : null);
        return (method?.ReducedFrom ?? method)?.OriginalDefinition is { } called ? JitRules.Compiled(called) : null;
    }

    private static bool Fits(IMethodSymbol method, InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellation)
    {
        var arguments = call.ArgumentList.Arguments;
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var parameter = argument.NameColon is { Name.Identifier.ValueText: var name }
                ? method.Parameters.FirstOrDefault(p => p.Name == name)
                : method.Parameters.ElementAtOrDefault(i);
            if (parameter is null
                || (model.GetTypeInfo(argument.Expression, cancellation).Type is { TypeKind: not TypeKind.Error }
                    && !model.ClassifyConversion(argument.Expression, parameter.Type).IsImplicit))
            {
                return false;
            }
        }

        return method.Parameters.Count(p => !p.IsOptional && !p.IsParams) <= arguments.Count;
    }

    /// <summary>Whether a call is data: what an expression tree says is what was written.</summary>
    private static bool IsInExpressionTree(SyntaxNode call, SemanticModel model, CancellationToken cancellation) =>
        call.Ancestors().OfType<AnonymousFunctionExpressionSyntax>().Any(function =>
            model.GetTypeInfo(function, cancellation).ConvertedType is INamedTypeSymbol { Name: "Expression", Arity: 1 } type
            && type.ContainingNamespace.ToDisplayString() == "System.Linq.Expressions");

    private static string PlaceOf(InvocationExpressionSyntax call)
    {
        var position = call.SyntaxTree.GetLineSpan(call.Span).StartLinePosition;
        return $"{Path.GetFileName(call.SyntaxTree.FilePath)}({position.Line + 1},{position.Character + 1})";
    }

    private static IEnumerable<InvocationExpressionSyntax> Candidates(
        SyntaxTree tree, HashSet<string> names, CancellationToken cancellation)
    {
        var key = string.Join(",", names);
        if (!s_known.TryGetValue(tree, out var known) || known.Names != key)
        {
            known = new CallsByName(key,
            [
                .. tree.GetRoot(cancellation).DescendantNodes().OfType<InvocationExpressionSyntax>()
                    .Where(call => NameOf(call.Expression) is { } name && names.Contains(name)),
            ]);
            s_known.Remove(tree);
            known = s_known.GetValue(tree, _ => known);
        }

        return known.Calls;
    }

    private static string? NameOf(ExpressionSyntax called) => called switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Name: IdentifierNameSyntax name } => name.Identifier.ValueText,
        MemberBindingExpressionSyntax { Name: IdentifierNameSyntax name } => name.Identifier.ValueText,
        _ => null,
    };

    private sealed record CallsByName(string Names, InvocationExpressionSyntax[] Calls);
}
