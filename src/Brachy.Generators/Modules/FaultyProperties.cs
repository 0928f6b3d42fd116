using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>
/// Partial properties that cannot be written because something is wrong with them or with their module. They get bodies that
/// throw: without any, the compiler would stop before analyzers can say what is wrong.
/// </summary>
/// <param name="Scope">The module.</param>
/// <param name="Properties">The properties.</param>
internal sealed record FaultyProperties(TypeScope Scope, EquatableArray<PropertyModel> Properties)
{
    public static FaultyProperties? Of(INamedTypeSymbol module, Compilation compilation)
    {
        // Nothing can be added to these; the generator says so itself.
        if (module.IsStatic || TypeScope.NotPartial(module).Any())
        {
            return null;
        }

        var ofClass = ModuleRules.CheckClass(module).FirstOrDefault(f => f.IsError);
        var properties = ModuleRules.Properties(module)
            .Where(p => PropertyRoles.IsLeftToGenerator(p) && p.Type.TypeKind != TypeKind.Error)
            .SelectMany(p => Body(p, ofClass ?? PropertyRules.Check(p, compilation).FirstOrDefault(f => f.IsError)))
            .ToEquatableArray();
        return properties.Count == 0 ? null : new FaultyProperties(TypeScope.Of(module), properties);
    }

    public string Emit()
    {
        var writer = new SourceWriter($"the faulty [Module] class {Scope.DisplayName}");
        Scope.Write(writer, "", () =>
        {
            foreach (var property in Properties)
            {
                PropertyDeclaration.Write(writer, property);
            }
        });
        return writer.ToString();
    }

    private static IEnumerable<PropertyModel> Body(IPropertySymbol property, Fault? fault)
    {
        if (fault is null || PropertyRoles.Syntax(property) is null)
        {
            return [];
        }

        var body = $"throw new global::System.InvalidOperationException({TypeNames.Quoted($"{fault.Descriptor.Id}: {fault.Message}")})";
        return [PropertyDeclaration.Of(property, body, body, "")];
    }
}
