using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>Which values are scopes that belong to the thread that opened them.</summary>
internal static class ThreadScopeRules
{
    private static readonly string[] s_types = ["TensorScope", "RngScope"];

    // Their results are no more than IDisposable.
    private static readonly string[] s_disabling = ["Jit", "CompilerPasses"];

    /// <summary>The name of a scope, for messages; null for other values.</summary>
    public static string? NameOf(ExpressionSyntax value, SemanticModel model, CancellationToken cancellation) => value switch
    {
        ParenthesizedExpressionSyntax inner => NameOf(inner.Expression, model, cancellation),
        CastExpressionSyntax cast => NameOf(cast.Expression, model, cancellation),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AsExpression or (int)SyntaxKind.CoalesceExpression } binary =>
            NameOf(binary.Left, model, cancellation) ?? NameOf(binary.Right, model, cancellation),
        PostfixUnaryExpressionSyntax suppressed => NameOf(suppressed.Operand, model, cancellation),
        ConditionalExpressionSyntax choice => NameOf(choice.WhenTrue, model, cancellation) ?? NameOf(choice.WhenFalse, model, cancellation),
        SwitchExpressionSyntax choice =>
            choice.Arms.Select(arm => NameOf(arm.Expression, model, cancellation)).FirstOrDefault(name => name is not null),
        AssignmentExpressionSyntax assignment => NameOf(assignment.Right, model, cancellation),
        _ => OfType(model.GetTypeInfo(value, cancellation).Type) ?? OfCall(model.GetSymbolInfo(value, cancellation).Symbol)
            ?? OfLocal(value, model, cancellation),
    };

    private static string? OfType(ITypeSymbol? type) => s_types.FirstOrDefault(name => type?.IsBrachy(name) == true);

    private static string? OfCall(ISymbol? symbol) => symbol is IMethodSymbol { Name: "Disable" } method
        ? s_disabling.Where(name => method.ContainingType.IsBrachy(name)).Select(name => $"{name}.Disable()").FirstOrDefault()
        : null;

    /// <summary>A variable counts for what it was declared with.</summary>
    private static string? OfLocal(ExpressionSyntax value, SemanticModel model, CancellationToken cancellation) =>
        value is IdentifierNameSyntax && model.GetSymbolInfo(value, cancellation).Symbol is ILocalSymbol local
            && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(
                cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } initializer }
            ? OfCall(model.GetSymbolInfo(initializer, cancellation).Symbol)
            : null;
}
