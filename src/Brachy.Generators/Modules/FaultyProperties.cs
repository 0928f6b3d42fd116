using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators;

/// <summary>
/// Partial properties that cannot be written because something is wrong with them or with their module. They get bodies that
/// throw: without any, the compiler would stop before analyzers can say what is wrong.
/// </summary>
/// <param name="FileName">The name of the file that they go to, without its ending.</param>
/// <param name="Scope">The class.</param>
/// <param name="Properties">The properties.</param>
internal sealed record FaultyProperties(string FileName, TypeScope Scope, EquatableArray<PropertyModel> Properties)
{
    public static FaultyProperties? Of(INamedTypeSymbol module, Compilation compilation)
    {
        if (!CanBeAddedTo(module))
        {
            return null;
        }

        var ofClass = ModuleRules.CheckClass(module).FirstOrDefault(f => f.IsError);
        var properties = ModuleRules.Properties(module)
            .Where(CanHaveBody)
            .SelectMany(p => Body(p, ofClass ?? PropertyRules.Check(p, compilation).FirstOrDefault(f => f.IsError)))
            .ToEquatableArray();
        return properties.Count == 0 ? null : New(module, "", properties);
    }

    /// <summary>A property outside of modules that has an attribute only they know.</summary>
    public static FaultyProperties? OfStray(IPropertySymbol property, PropertyRole role) =>
        CanBeAddedTo(property.ContainingType) && CanHaveBody(property) && PropertyRoles.Marked(property)[0] == role
        && GeneratorFaults.OfProperty(property, role) is { } fault
            ? New(property.ContainingType, $".{property.Name}", Body(property, fault).ToEquatableArray())
            : null;

    public string Emit()
    {
        var writer = new SourceWriter($"the faulty class {Scope.DisplayName}");
        Scope.Open(writer, "");
        foreach (var property in Properties)
        {
            PropertyDeclaration.Write(writer, property);
        }

        Scope.Close(writer);
        return writer.ToString();
    }

    private static FaultyProperties New(INamedTypeSymbol type, string suffix, EquatableArray<PropertyModel> properties)
    {
        var scope = TypeScope.Of(type);
        return new FaultyProperties($"{scope.FileName}{suffix}.Faults", scope, properties);
    }

    /// <summary>To other classes nothing can be added; the generator itself reports them.</summary>
    private static bool CanBeAddedTo(INamedTypeSymbol type) =>
        !type.IsStatic && TypeScope.NotPartial(type).Count == 0 && !GeneratorFaults.IsFileLocal(type);

    private static bool CanHaveBody(IPropertySymbol property) =>
        PropertyRoles.IsLeftToGenerator(property) && !property.IsAbstract && !property.IsIndexer
        && property.Type.TypeKind != TypeKind.Error;

    private static IEnumerable<PropertyModel> Body(IPropertySymbol property, Fault? fault)
    {
        if (fault is null || PropertyRoles.Syntax(property) is null)
        {
            return [];
        }

        var body = $"throw new global::System.InvalidOperationException({TypeNames.Quoted($"{fault.Descriptor.Id}: {fault.Message}")})";
        return CanHaveInitializer(property)
            ? [PropertyDeclaration.Of(property, $"true ? {body} : field", $"field = true ? {body} : value", "")]
            : [PropertyDeclaration.Of(property, body, body, "")];
    }

    /// <summary>Whether mentioning the field keeps the compiler from an error of its own about the initializer.</summary>
    private static bool CanHaveInitializer(IPropertySymbol property) => PropertyRoles.Syntax(property) is { Initializer: not null } syntax
        && syntax.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: >= LanguageVersion.CSharp14 };
}
