using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators;

/// <summary>Reports what is wrong with [Tree] types.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TreeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
    [
        DiagnosticDescriptors.TreeNotPartial,
        DiagnosticDescriptors.ContainingTypeNotPartial,
        DiagnosticDescriptors.TreeWithoutMembers,
        DiagnosticDescriptors.TreeKind,
        DiagnosticDescriptors.TreeMemberNotSettable,
        DiagnosticDescriptors.NotATree,
        DiagnosticDescriptors.ModuleAsValue,
        DiagnosticDescriptors.GeneratedName,
    ];

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
        if (!type.IsTree())
        {
            return;
        }

        foreach (var fault in TreeRules.Check(type))
        {
            context.ReportDiagnostic(fault.ToDiagnostic());
        }
    }
}
