using System.Collections.Generic;
using System.Linq;
using System.Threading;
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
        DiagnosticDescriptors.PropertyInitializer,
        DiagnosticDescriptors.AttributeOutsideModule,
        DiagnosticDescriptors.FileLocal,
        DiagnosticDescriptors.GeneratorFailed,
        DiagnosticDescriptors.GeneratedName,
    ];

    /// <summary>Whether the generator reports the fault of a module, so that the analyzer does not.</summary>
    public static bool IsReportedHere(Fault fault) => Descriptors.Contains(fault.Descriptor);

    /// <summary>What the generator reports about a declaration with one of the attributes.</summary>
    public static IEnumerable<Fault> Of(ISymbol symbol, Compilation compilation) => symbol switch
    {
        INamedTypeSymbol type when IsFileLocal(type) => [FileLocal(type, type)],
        INamedTypeSymbol type when type.Attribute("Module") is not null => OfModule(type, compilation),
        IMethodSymbol { ContainingType: var type } method when IsFileLocal(type) => [FileLocal(method, type)],
        IPropertySymbol property when property.ContainingType.Attribute("Module") is null =>
            PropertyRoles.Marked(property).Select(role => OfProperty(property, role)).OfType<Fault>(),
        _ => [],
    };

    /// <summary>The faults of all declarations, where they are now.</summary>
    public static IEnumerable<Fault> Of(ProjectFacts facts, ProjectModels models, CancellationToken cancellation)
    {
        var all = MarkedDeclarations.Of(facts, cancellation).Concat(MarkedDeclarations.Contents(facts, cancellation));
        foreach (var symbol in all.Distinct(SymbolEqualityComparer.Default).OfType<ISymbol>())
        {
            var id = symbol.GetDocumentationCommentId() ?? symbol.Name;
            if (models.Failures.FirstOrDefault(f => f.Declaration == id) is { } failure)
            {
                yield return new Fault(DiagnosticDescriptors.GeneratorFailed, symbol, symbol.Name, failure.Message);
            }
        }

        foreach (var fault in MarkedDeclarations.Of(facts, cancellation).SelectMany(symbol => Of(symbol, facts.Compilation)))
        {
            yield return fault;
        }
    }

    /// <summary>Whether a type, or one around it, can be seen in its own file only.</summary>
    public static bool IsFileLocal(INamedTypeSymbol type) =>
        FileLocalOf(type) is not null;

    private static INamedTypeSymbol? FileLocalOf(INamedTypeSymbol? type) =>
        type is null || type.IsFileLocal ? type : FileLocalOf(type.ContainingType);

    private static Fault FileLocal(ISymbol symbol, INamedTypeSymbol type) =>
        new(DiagnosticDescriptors.FileLocal, symbol, symbol.Name, FileLocalOf(type)!.Name);

    private static IEnumerable<Fault> OfModule(INamedTypeSymbol module, Compilation compilation) =>
        ModuleRules.CheckClass(module)
            .Concat(ModuleRules.Properties(module).SelectMany(p => PropertyRules.Check(p, compilation)))
            .Where(IsReportedHere);

    /// <summary>What is reported for a property with an attribute that only modules know.</summary>
    public static Fault? OfProperty(IPropertySymbol property, PropertyRole role)
    {
        var type = property.ContainingType;
        if (type.Attribute("Module") is not null)
        {
            return null;
        }

        var (name, advice) = type.IsExtension ? ("an extension block", "remove the attribute")
            : ($"'{type.Name}'", type is { TypeKind: TypeKind.Class, IsRecord: false, IsStatic: false }
                ? "mark the class [Module] or remove the attribute"
                : "declare the property in a [Module] class or remove the attribute");
        return new Fault(DiagnosticDescriptors.AttributeOutsideModule, property, role, property.Name, name, advice);
    }
}
