using System.Collections.Immutable;
using System.Linq;
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
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. GeneratorFaults.Descriptors];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(AnalyzeType, SymbolKind.NamedType);
        context.RegisterSymbolAction(AnalyzeProperty, SymbolKind.Property);
    }

    private static void AnalyzeType(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.Attribute("Module") is null)
        {
            return;
        }

        foreach (var fault in GeneratorFaults.OfModule(type, context.Compilation))
        {
            Report(context, fault, type.DeclaringSyntaxReferences.Select(r => r.SyntaxTree).FirstOrDefault(t => t.FilePath == fault.Path)
                ?? type.ContainingType?.DeclaringSyntaxReferences.Select(r => r.SyntaxTree).FirstOrDefault(t => t.FilePath == fault.Path));
        }
    }

    private static void AnalyzeProperty(SymbolAnalysisContext context)
    {
        var property = (IPropertySymbol)context.Symbol;
        if (property.PartialDefinitionPart is null && PropertyRoles.Marked(property) is { Length: > 0 } roles
            && GeneratorFaults.OfProperty(property, roles[0])?.ToInfo() is { } fault)
        {
            Report(
                context, fault, property.DeclaringSyntaxReferences.Select(r => r.SyntaxTree).FirstOrDefault(t => t.FilePath == fault.Path));
        }
    }

    private static void Report(SymbolAnalysisContext context, DiagnosticInfo fault, SyntaxTree? tree)
    {
        if (tree is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                fault.Descriptor, Location.Create(tree, fault.Span), DiagnosticSeverity.Hidden, additionalLocations: null,
                properties: null, messageArgs: fault.Arguments.ToArray<object>()));
        }
    }
}
