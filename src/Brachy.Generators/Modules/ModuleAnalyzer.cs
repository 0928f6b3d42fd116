using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators;

/// <summary>Reports what is wrong with [Module] classes and with attributes of modules elsewhere.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModuleAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.ModuleNotPartial,
        DiagnosticDescriptors.ContainingTypeNotPartial,
        DiagnosticDescriptors.PropertyNotPartial,
        DiagnosticDescriptors.StaticHoldsTensors,
        DiagnosticDescriptors.NotATensor,
        DiagnosticDescriptors.SeveralAttributes,
        DiagnosticDescriptors.AttributeOutsideModule,
        DiagnosticDescriptors.NoForward,
        DiagnosticDescriptors.SeveralForwards,
        DiagnosticDescriptors.ForwardSignature,
        DiagnosticDescriptors.ConfigSetter,
        DiagnosticDescriptors.DuplicateKey,
        DiagnosticDescriptors.ModuleBase,
        DiagnosticDescriptors.PropertyWithoutRole,
        DiagnosticDescriptors.PropertyModifier,
        DiagnosticDescriptors.ConfigDefault,
        DiagnosticDescriptors.ModuleKind,
        DiagnosticDescriptors.StateOutsideTree,
        DiagnosticDescriptors.SubmoduleType,
    ];

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

        var faults = ModuleRules.CheckClass(type)
            .Concat(ForwardRules.Check(type))
            .Concat(ModuleRules.Properties(type).SelectMany(p => PropertyRules.Check(p, context.Compilation)))
            .Concat(ModuleRules.CheckMembers(type));
        foreach (var fault in faults)
        {
            context.ReportDiagnostic(fault.ToDiagnostic());
        }
    }

    private static void AnalyzeProperty(SymbolAnalysisContext context)
    {
        var property = (IPropertySymbol)context.Symbol;
        if (property.PartialDefinitionPart is not null || property.ContainingType.Attribute("Module") is not null)
        {
            return;
        }

        foreach (var role in PropertyRoles.Marked(property))
        {
            context.ReportDiagnostic(
                new Fault(DiagnosticDescriptors.AttributeOutsideModule, property, role, property.Name, property.ContainingType.Name).ToDiagnostic());
        }
    }
}
