using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators;

/// <summary>Reports where a function may be suspended inside a using of a scope that belongs to its thread.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ThreadScopeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [DiagnosticDescriptors.SuspendedScope];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSyntaxNodeAction(
            Analyze,
            SyntaxKind.AwaitExpression,
            SyntaxKind.YieldReturnStatement,
            SyntaxKind.ForEachStatement,
            SyntaxKind.ForEachVariableStatement,
            SyntaxKind.UsingStatement,
            SyntaxKind.LocalDeclarationStatement);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var keyword = Suspension(context.Node);
        if (keyword.IsKind(SyntaxKind.None))
        {
            return;
        }

        foreach (var resource in Resources(context.Node))
        {
            if (ThreadScopeRules.NameOf(resource, context.SemanticModel, context.CancellationToken) is { } scope)
            {
                context.ReportDiagnostic(
                    Diagnostic.Create(DiagnosticDescriptors.SuspendedScope, keyword.GetLocation(), keyword.Text, scope));
                return;
            }
        }
    }

    /// <summary>The word at which the function may leave its thread, if it may.</summary>
    private static SyntaxToken Suspension(SyntaxNode node) => node switch
    {
        AwaitExpressionSyntax await => await.AwaitKeyword,
        YieldStatementSyntax yield => yield.YieldKeyword,
        CommonForEachStatementSyntax loop => loop.AwaitKeyword,
        UsingStatementSyntax statement => statement.AwaitKeyword,
        LocalDeclarationStatementSyntax declaration => declaration.AwaitKeyword,
        _ => default,
    };

    /// <summary>What the usings around a place hold, innermost first, up to the function that it is in.</summary>
    private static IEnumerable<ExpressionSyntax> Resources(SyntaxNode place)
    {
        for (var (child, node) = (place, place.Parent); node is not null && !IsFunction(child); (child, node) = (node, node.Parent))
        {
            var found = node switch
            {
                UsingStatementSyntax statement when child == statement.Statement => Held(statement.Expression, statement.Declaration),
                TryStatementSyntax { Finally: { } end } statement when child != end => Disposed(end),
                BlockSyntax block => Before(block.Statements, child),
                CompilationUnitSyntax unit => Before(
                    unit.Members.OfType<GlobalStatementSyntax>().Select(member => member.Statement),
                    (child as GlobalStatementSyntax)?.Statement),
                _ => [],
            };
            foreach (var resource in found)
            {
                yield return resource;
            }
        }
    }

    /// <summary>What a finally disposes, which is a using written out.</summary>
    private static IEnumerable<ExpressionSyntax> Disposed(FinallyClauseSyntax end) =>
        end.Block.Statements.OfType<ExpressionStatementSyntax>().Select(s => s.Expression switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Dispose" } access } =>
                access.Expression,
            ConditionalAccessExpressionSyntax
            {
                WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.Text: "Dispose" } },
            } access => access.Expression,
            _ => null,
        }).OfType<ExpressionSyntax>();

    private static bool IsFunction(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax
            or (MemberDeclarationSyntax and not GlobalStatementSyntax);

    /// <summary>What the using declarations hold that come before a statement of a block.</summary>
    private static IEnumerable<ExpressionSyntax> Before(IEnumerable<StatementSyntax> statements, SyntaxNode? statement) => statements
        .TakeWhile(other => other != statement)
        .OfType<LocalDeclarationStatementSyntax>()
        .Where(other => other.UsingKeyword.IsKind(SyntaxKind.UsingKeyword))
        .Reverse()
        .SelectMany(other => Held(null, other.Declaration));

    private static IEnumerable<ExpressionSyntax> Held(ExpressionSyntax? expression, VariableDeclarationSyntax? declaration)
    {
        if (expression is not null)
        {
            yield return expression;
        }

        foreach (var variable in declaration?.Variables ?? default)
        {
            if (variable.Initializer is { } initializer)
            {
                yield return initializer.Value;
            }
        }
    }
}
