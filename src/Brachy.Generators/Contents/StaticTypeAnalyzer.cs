using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators;

/// <summary>Reports what is wrong with types marked [Static].</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StaticTypeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
        [DiagnosticDescriptors.StaticHoldsTensors, DiagnosticDescriptors.StaticArgument];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.Attribute("Static") is null)
        {
            return;
        }

        if (type.HoldsTensors())
        {
            context.ReportDiagnostic(new Fault(
                DiagnosticDescriptors.StaticHoldsTensors, type, type.Name, type.Short(), "remove the attribute, or mark it [Tree] instead")
                .ToDiagnostic());
        }
        else if (!type.IsAbstract && StaticContentCheck.Problem(type) is var (problem, reason))
        {
            context.ReportDiagnostic(
                new Fault(DiagnosticDescriptors.StaticArgument, type, type.Name, problem.Short(), reason).ToDiagnostic());
        }
    }
}
