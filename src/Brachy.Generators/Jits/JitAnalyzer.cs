using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators;

/// <summary>Reports what is wrong with [Jit] methods and with attributes of their parameters elsewhere.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class JitAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] s_parameterAttributes = ["Donate", "Static"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.ContainingTypeNotPartial,
        DiagnosticDescriptors.JitInstanceMethod,
        DiagnosticDescriptors.JitGeneric,
        DiagnosticDescriptors.JitParameter,
        DiagnosticDescriptors.JitResult,
        DiagnosticDescriptors.JitRetraces,
        DiagnosticDescriptors.JitOverload,
        DiagnosticDescriptors.InterceptedHidden,
        DiagnosticDescriptors.DonateWithoutTensors,
        DiagnosticDescriptors.ParameterAttributeOutsideJit,
        DiagnosticDescriptors.StaticHoldsTensors,
        DiagnosticDescriptors.NotATree,
        DiagnosticDescriptors.ModuleAsValue,
        DiagnosticDescriptors.StaticArgument,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.Method);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (method.Attribute("Jit") is not null)
        {
            foreach (var fault in JitRules.Check(method))
            {
                context.ReportDiagnostic(fault.ToDiagnostic());
            }

            return;
        }

        foreach (var parameter in method.Parameters)
        {
            foreach (var attribute in s_parameterAttributes.Where(a => parameter.Attribute(a) is not null))
            {
                context.ReportDiagnostic(
                    new Fault(DiagnosticDescriptors.ParameterAttributeOutsideJit, parameter, attribute, parameter.Name, method.Name)
                        .ToDiagnostic());
            }
        }
    }
}
