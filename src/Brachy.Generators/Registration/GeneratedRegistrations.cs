using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>The handlers that the generated file of a compilation registers, and the types that it has handwritten handlers for.</summary>
internal sealed class GeneratedRegistrations(Compilation compilation, CancellationToken cancellation)
{
    public const string FileName = "Brachy.TreeRegistration.g.cs";

    private readonly Lazy<HashSet<string>> _expressions = new(() => FindExpressions(compilation, cancellation));
    private readonly Lazy<HashSet<string>> _handwritten = new(() => FindHandwritten(compilation, cancellation));

    public bool Contain(ITypeSymbol type) =>
        HandlerExpression.Of(type) is { } expression && _expressions.Value.Contains(WithoutSpace(expression));

    public bool AreHandwritten(ITypeSymbol type) => _handwritten.Value.Contains(type.Key());

    private static bool IsGenerated(Location location) => location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true;

    private static HashSet<string> FindExpressions(Compilation compilation, CancellationToken cancellation) =>
    [
        .. compilation.SyntaxTrees
            .Where(t => t.FilePath.EndsWith(FileName, StringComparison.Ordinal))
            .SelectMany(t => t.GetRoot(cancellation).DescendantNodes().OfType<ExpressionStatementSyntax>())
            .Select(s => s.Expression)
            .OfType<InvocationExpressionSyntax>()
            .Select(call => WithoutSpace(call.ArgumentList.Arguments[0].ToString())),
    ];

    /// <summary>The same text for an expression on one line and on several.</summary>
    private static string WithoutSpace(string expression) => string.Concat(expression.Where(c => !char.IsWhiteSpace(c)));

    private static HashSet<string> FindHandwritten(Compilation compilation, CancellationToken cancellation) =>
    [
        .. compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type, cancellation)
            .OfType<INamedTypeSymbol>()
            .Where(t => t.BaseType is { } handler && handler.IsBrachy("TreeHandler", 1) && !t.Locations.All(IsGenerated))
            .Select(t => t.BaseType!.TypeArguments[0].Key()),
    ];
}
