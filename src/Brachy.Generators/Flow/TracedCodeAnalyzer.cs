using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>
/// Reports what functions that are traced cannot do, or do once for many calls: side effects, and reading values of tensors.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TracedCodeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.ImpureCompiled,
        DiagnosticDescriptors.ValueRead,
        DiagnosticDescriptors.ImpureTraced,
        DiagnosticDescriptors.ValueReadInForward,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var helpers = new HelperEffects(MemberBodies.Of(start.Compilation));
            start.RegisterOperationBlockAction(block => AnalyzeMember(block, helpers));
            start.RegisterOperationAction(call => AnalyzeCall(call, helpers), OperationKind.Invocation);
        });
    }

    private static void AnalyzeMember(OperationBlockAnalysisContext context, HelperEffects helpers)
    {
        var kind = TracedCode.Of(context.OwningSymbol);
        if (kind == TracedKind.None)
        {
            return;
        }

        var name = kind == TracedKind.Compiled
            ? $"'{context.OwningSymbol.Name}'" : $"'{context.OwningSymbol.ContainingType.Name}.Forward'";
        foreach (var block in context.OperationBlocks)
        {
            var function = new TracedFunction(kind, name, block);
            Analyze(
                function, helpers.Of(function, context.OwningSymbol.ContainingType, context.CancellationToken), context.ReportDiagnostic);
        }
    }

    private static void AnalyzeCall(OperationAnalysisContext context, HelperEffects helpers)
    {
        var call = (IInvocationOperation)context.Operation;
        var kind = TracedCode.Of(call);
        if (kind == TracedKind.None || TracedCode.Around(call, context.ContainingSymbol) != TracedKind.None)
        {
            return;
        }

        foreach (var argument in call.Arguments.Where(a => a.Parameter?.Type.TypeKind == TypeKind.Delegate))
        {
            if (TracedCode.Given(argument, kind) is { } function)
            {
                Analyze(
                    function, helpers.Of(function, context.ContainingSymbol.ContainingType, context.CancellationToken),
                    context.ReportDiagnostic);
            }
        }
    }

    private static void Analyze(TracedFunction function, IEnumerable<HelperEffect> ofHelpers, Action<Diagnostic> report)
    {
        if (AsksWhetherTraced(function.Body))
        {
            return;
        }

        var isCompiled = function.Kind == TracedKind.Compiled;
        foreach (var (call, effect, advice, place) in ofHelpers)
        {
            report(Diagnostic.Create(
                isCompiled ? DiagnosticDescriptors.ImpureCompiled : DiagnosticDescriptors.ImpureTraced,
                call.Syntax.GetLocation(), [place], effect, function.Name, advice));
        }

        foreach (var operation in function.Body.Descendants())
        {
            if (ImpureCode.Of(operation, function) is var (effect, advice))
            {
                report(Diagnostic.Create(
                    isCompiled ? DiagnosticDescriptors.ImpureCompiled : DiagnosticDescriptors.ImpureTraced,
                    operation.Syntax.GetLocation(), effect, function.Name, advice));
            }
            else if (function.Kind != TracedKind.Differentiated && TensorReads.Of(operation, function) is var (read, instead))
            {
                report(Diagnostic.Create(
                    isCompiled ? DiagnosticDescriptors.ValueRead : DiagnosticDescriptors.ValueReadInForward,
                    operation.Syntax.GetLocation(), read, function.Name, instead));
            }
        }
    }

    /// <summary>Code that asks does different things for both cases.</summary>
    internal static bool AsksWhetherTraced(IOperation body) => body.Descendants().Any(operation => operation is IPropertyReferenceOperation
    {
        Property: { Name: "IsTraced" or "IsDisabled" or "Current", ContainingType: var type },
    } && (type.IsTensor() || type.IsBrachy("Jit") || type.IsBrachy("Trace")));
}
