using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>The expressions by which a property reads and writes the module's node.</summary>
internal static class PropertyAccess
{
    /// <param name="property">The property.</param>
    /// <param name="role">What it is.</param>
    /// <param name="key">The key as a literal.</param>
    /// <param name="view">The field that keeps the view of a submodule.</param>
    public static (string Getter, string Setter) Of(IPropertySymbol property, PropertyRole role, string key, string view)
    {
        var type = property.Type;
        var isNullable = type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated;
        return role switch
        {
            PropertyRole.Static => (
                $"{(type.NullableAnnotation == NullableAnnotation.Annotated ? "Find" : "Get")}Static<{type.Full()}>({key})",
                $"SetStatic({key}, value)"),
            PropertyRole.Config => ($"GetConfig<{type.Full()}>({key}, {ConfigFallback(property)})", ""),
            PropertyRole.Submodule =>
                ($"{(isNullable ? "Find" : "Get")}Submodule({key}, ref {view}{Bind(type)})", $"SetSubmodule({key}, value)"),
            _ => (
                Read(type, isNullable, PropertyRoles.Name(role), key),
                $"Set{PropertyRoles.Name(role)}({key}, {Stored(type, isNullable)})"),
        };
    }

    /// <summary>The default of a setting as it is written in its attribute, or null without one.</summary>
    public static string? Default(IPropertySymbol property)
    {
        return property.Attribute("Config")?.Given("Default") is not { } given ? null
            : given.IsNull ? "null"
            : Literals.Of(given.Value, given.Type!);
    }

    /// <summary>The method that makes views, as an argument, of a class that is not known by an interface to have one.</summary>
    private static string Bind(ITypeSymbol type) =>
        type.Attribute("Module") is not null || type.IsBrachy("Module", 2) || type is ITypeParameterSymbol
            ? ""
            : $", {type.FullNotNull()}.Bind";

    private static string Read(ITypeSymbol type, bool isNullable, string role, string key)
    {
        if (isNullable)
        {
            var value =
                type.IsStructureTree() ? "value.Tree" : type.IsRngKey() ? $"new {type.FullNotNull()}(value.Tensor)" : "value.Tensor";
            return $"Find{role}({key}) is {{ IsNone: false }} value ? {value} : null";
        }

        // Who declares a value that may be anything reckons with nothing.
        return type.IsTreeValue() ? $"Get{role}OrNone({key})"
            : type.IsRngKey() ? $"new {type.FullNotNull()}(Get{role}({key}).Tensor)" : $"Get{role}({key})";
    }

    private static string Stored(ITypeSymbol type, bool isNullable) =>
        !type.IsRngKey() ? "value" : isNullable ? "value?.Tensor" : "value.Tensor";

    /// <summary>What the property gives when the config does not have the setting.</summary>
    private static string ConfigFallback(IPropertySymbol property)
    {
        var type = property.Type;
        if (Default(property) is not { } value)
        {
            return type is { IsReferenceType: true, NullableAnnotation: not NullableAnnotation.Annotated } ? "default!" : "default";
        }

        var given = property.Attribute("Config")!.Given("Default")!.Value.Type;
        return value == "null" || given is null || SymbolEqualityComparer.Default.Equals(given, type)
            || type.SpecialType == SpecialType.System_Object
            ? value
            : $"({type.FullNotNull()})({value})";
    }
}
