using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators;

/// <summary>
/// Repeats what the generator reports, out of sight: editors offer fixes only for what an analyzer found.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GeneratorFaultAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [.. GeneratorFaults.Descriptors];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType, SymbolKind.Method, SymbolKind.Property);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        if (context.Symbol is not IPropertySymbol { PartialDefinitionPart: not null } && MarkedDeclarations.IsMarked(context.Symbol))
        {
            foreach (var fault in GeneratorFaults.Of(context.Symbol, context.Compilation))
            {
                context.ReportDiagnostic(fault.ToHiddenDiagnostic());
            }
        }
    }
}
