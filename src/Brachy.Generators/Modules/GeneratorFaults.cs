using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>
/// Faults that the generator reports, because the compiler has errors of its own about such declarations, and stops at them
/// before analyzers run.
/// </summary>
internal static class GeneratorFaults
{
    public static IReadOnlyList<DiagnosticDescriptor> Descriptors { get; } =
    [
        DiagnosticDescriptors.ModuleNotPartial,
        DiagnosticDescriptors.ContainingTypeNotPartial,
        DiagnosticDescriptors.ModuleKind,
        DiagnosticDescriptors.ModuleBase,
        DiagnosticDescriptors.PropertyModifier,
        DiagnosticDescriptors.AttributeOutsideModule,
    ];

    /// <summary>Whether the generator reports the fault of a module, so that the analyzer does not.</summary>
    public static bool IsReportedHere(Fault fault) => Descriptors.Contains(fault.Descriptor);

    public static EquatableArray<DiagnosticInfo> OfModule(INamedTypeSymbol module, Compilation compilation) =>
        ModuleRules.CheckClass(module)
            .Concat(ModuleRules.Properties(module).SelectMany(p => PropertyRules.Check(p, compilation)))
            .Where(IsReportedHere)
            .Select(f => f.ToInfo())
            .ToEquatableArray();

    /// <summary>What is reported for a property with an attribute that only modules know.</summary>
    public static Fault? OfProperty(IPropertySymbol property, PropertyRole role) => property.ContainingType.Attribute("Module") is null
        ? new Fault(DiagnosticDescriptors.AttributeOutsideModule, property, role, property.Name, property.ContainingType.Name)
        : null;
}
