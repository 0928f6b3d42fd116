using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Reports what is wrong with [Jit] methods and with attributes of their parameters elsewhere.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class JitAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] s_parameterAttributes = ["Donate", "Static", "Varying"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
    [
        DiagnosticDescriptors.ContainingTypeNotPartial,
        DiagnosticDescriptors.JitInstanceMethod,
        DiagnosticDescriptors.JitGeneric,
        DiagnosticDescriptors.JitParameter,
        DiagnosticDescriptors.JitResult,
        DiagnosticDescriptors.JitRetraces,
        DiagnosticDescriptors.JitOverload,
        DiagnosticDescriptors.InterceptedHidden,
        DiagnosticDescriptors.AttributeWithoutTensors,
        DiagnosticDescriptors.ParameterAttributeOutsideJit,
        DiagnosticDescriptors.StaticHoldsTensors,
        DiagnosticDescriptors.NotATree,
        DiagnosticDescriptors.ModuleAsValue,
        DiagnosticDescriptors.StaticArgument,
        DiagnosticDescriptors.JitWithoutEffect,
        DiagnosticDescriptors.GeneratedName,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(c => Analyze((IMethodSymbol)c.Symbol, c.ReportDiagnostic), SymbolKind.Method);
        context.RegisterOperationAction(
            c => Analyze(((ILocalFunctionOperation)c.Operation).Symbol, c.ReportDiagnostic), OperationKind.LocalFunction);
        context.RegisterOperationAction(
            c => Analyze(((IAnonymousFunctionOperation)c.Operation).Symbol, c.ReportDiagnostic), OperationKind.AnonymousFunction);
    }

    private static void Analyze(IMethodSymbol method, Action<Diagnostic> report)
    {
        if (method.Attribute("Jit") is not null)
        {
            foreach (var fault in JitRules.Check(method))
            {
                report(fault.ToDiagnostic());
            }

            return;
        }

        var name = method.Name.Length == 0 ? "the lambda" : method.Name;
        if (method.Attribute("DataParallel") is not null)
        {
            report(new Fault(
                DiagnosticDescriptors.ParameterAttributeOutsideJit, method, "DataParallel", name, name).ToDiagnostic());
        }

        foreach (var parameter in method.Parameters)
        {
            foreach (var attribute in s_parameterAttributes.Where(a => parameter.Attribute(a) is not null))
            {
                report(new Fault(
                    DiagnosticDescriptors.ParameterAttributeOutsideJit, parameter, attribute, parameter.Name, name).ToDiagnostic());
            }
        }
    }
}
