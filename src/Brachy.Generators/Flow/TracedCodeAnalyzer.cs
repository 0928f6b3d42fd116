using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>
/// Reports what functions that are traced cannot do, or do once for many calls: side effects, reading values of tensors, and what they take
/// from static members.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TracedCodeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
    [
        DiagnosticDescriptors.ImpureCompiled,
        DiagnosticDescriptors.ValueRead,
        DiagnosticDescriptors.ImpureTraced,
        DiagnosticDescriptors.ValueReadInForward,
        DiagnosticDescriptors.KeptModule,
        DiagnosticDescriptors.KeptTensor,
        DiagnosticDescriptors.KeptTensorTraced,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var helpers = new HelperFindings(MemberBodies.Of(start.Compilation));
            start.RegisterOperationBlockAction(block => AnalyzeMember(block, helpers));
            start.RegisterOperationAction(call => AnalyzeCall(call, helpers), OperationKind.Invocation);
        });
    }

    private static void AnalyzeMember(OperationBlockAnalysisContext context, HelperFindings helpers)
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

    private static void AnalyzeCall(OperationAnalysisContext context, HelperFindings helpers)
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

    private static void Analyze(TracedFunction function, IEnumerable<HelperFinding> ofHelpers, Action<Diagnostic> report)
    {
        if (AsksWhetherTraced(function.Body))
        {
            return;
        }

        foreach (var (call, finding) in ofHelpers)
        {
            Report(finding, call.Syntax.GetLocation(), [finding.Place]);
        }

        foreach (var finding in function.Body.Descendants().Select(operation => Finding.Of(operation, function)).OfType<Finding>())
        {
            Report(finding, finding.Place, []);
        }

        void Report(Finding finding, Location place, Location[] more)
        {
            if (Descriptor(finding.Kind, function.Kind) is { } descriptor)
            {
                report(Diagnostic.Create(descriptor, place, more, finding.What, function.Name, finding.Advice));
            }
        }
    }

    /// <summary>What is surely wrong in compiled functions may be meant in others.</summary>
    private static DiagnosticDescriptor? Descriptor(FindingKind finding, TracedKind function) => (finding, function) switch
    {
        (FindingKind.Effect, TracedKind.Compiled) => DiagnosticDescriptors.ImpureCompiled,
        (FindingKind.Effect, _) => DiagnosticDescriptors.ImpureTraced,
        (FindingKind.Read, TracedKind.Compiled) => DiagnosticDescriptors.ValueRead,
        (FindingKind.Read, TracedKind.Forward) => DiagnosticDescriptors.ValueReadInForward,
        (FindingKind.KeptModule, _) => DiagnosticDescriptors.KeptModule,
        (FindingKind.KeptTensor, TracedKind.Compiled) => DiagnosticDescriptors.KeptTensor,
        (FindingKind.KeptTensor, _) => DiagnosticDescriptors.KeptTensorTraced,
        _ => null,
    };

    /// <summary>Code that asks does different things for both cases.</summary>
    internal static bool AsksWhetherTraced(IOperation body) => body.Descendants().Any(operation => operation is IPropertyReferenceOperation
    {
        Property: { Name: "IsTraced" or "IsDisabled" or "Current", ContainingType: var type },
    } && (type.IsTensor() || type.IsBrachy("Jit") || type.IsBrachy("Trace")));
}
