using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>
/// Reports what is wrong inside of [Module] classes and classes that derive from them; <see cref="GeneratorFaults"/> are the others.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModuleAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
    [
        DiagnosticDescriptors.PropertyNotPartial,
        DiagnosticDescriptors.StaticHoldsTensors,
        DiagnosticDescriptors.StaticProperty,
        DiagnosticDescriptors.NotATensor,
        DiagnosticDescriptors.SeveralAttributes,
        DiagnosticDescriptors.NoForward,
        DiagnosticDescriptors.SeveralForwards,
        DiagnosticDescriptors.ForwardSignature,
        DiagnosticDescriptors.NoJitApply,
        DiagnosticDescriptors.JitRetraces,
        DiagnosticDescriptors.ConfigSetter,
        DiagnosticDescriptors.DuplicateKey,
        DiagnosticDescriptors.PropertyWithoutRole,
        DiagnosticDescriptors.ConfigDefault,
        DiagnosticDescriptors.ModuleConstructor,
        DiagnosticDescriptors.ModuleNotMarked,
        DiagnosticDescriptors.StateOutsideTree,
        DiagnosticDescriptors.SubmoduleType,
        DiagnosticDescriptors.IllegalKey,
        DiagnosticDescriptors.InheritedName,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(AnalyzeType, SymbolKind.NamedType);
        context.RegisterOperationAction(AnalyzeInitializer, OperationKind.FieldInitializer, OperationKind.PropertyInitializer);
    }

    private static void AnalyzeInitializer(OperationAnalysisContext context)
    {
        var initializer = (ISymbolInitializerOperation)context.Operation;
        var members = initializer is IFieldInitializerOperation fields
            ? fields.InitializedFields.Cast<ISymbol>() : ((IPropertyInitializerOperation)initializer).InitializedProperties;
        foreach (var fault in members.Select(m => StateRules.Check(m, initializer.Value)).OfType<Fault>())
        {
            context.ReportDiagnostic(fault.ToDiagnostic());
        }
    }

    private static void AnalyzeType(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.Attribute("Module") is null)
        {
            foreach (var unmarked in ModuleRules.CheckUnmarked(type))
            {
                context.ReportDiagnostic(unmarked.ToDiagnostic());
            }

            return;
        }

        var faults = ForwardRules.Check(type)
            .Concat(ForwardRules.CheckCompiled(type))
            .Concat(ModuleRules.Properties(type).SelectMany(p => PropertyRules.Check(p, context.Compilation)))
            .Concat(ModuleRules.Properties(type).Select(p => PropertyRules.CheckName(p, context.Compilation)).OfType<Fault>())
            .Concat(ModuleRules.CheckMembers(type))
            .Where(f => !GeneratorFaults.IsReportedHere(f));
        foreach (var fault in faults)
        {
            context.ReportDiagnostic(fault.ToDiagnostic());
        }
    }
}
