using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>
/// Attributes by which users warn of what they declare. Counterparts have them too, and files that mention such declarations do not
/// repeat the warning: it belongs to the user's own mention.
/// </summary>
internal static class Warnings
{
    private const string Obsolete = "global::System.ObsoleteAttribute";
    private const string Experimental = "global::System.Diagnostics.CodeAnalysis.ExperimentalAttribute";

    private static readonly SymbolMemo<ISymbol, string[]> s_ids = new(symbol => [.. Of(symbol).SelectMany(IdsOf)]);

    /// <summary>The attributes of a declaration that its counterparts have too.</summary>
    public static EquatableArray<string> Attributes(ISymbol symbol) => Of(symbol).Select(a => Text(a)).ToEquatableArray();

    /// <summary>The same for what counterparts need, where it may be no error to use it.</summary>
    public static IEnumerable<string> WithoutErrors(EquatableArray<string> attributes) =>
        attributes.Select(a => a.StartsWith("global::System.Obsolete(", StringComparison.Ordinal) ? "global::System.Obsolete" : a);

    /// <summary>The ids of warnings about types and members that a file mentions.</summary>
    public static EquatableArray<string> Ids(IEnumerable<ISymbol> mentioned)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var symbol in mentioned)
        {
            Add(symbol, seen);
        }

        return seen.SelectMany(s => s_ids.Of(s.OriginalDefinition)).Distinct().OrderBy(id => id, StringComparer.Ordinal).ToEquatableArray();
    }

    /// <summary>Says in a file that the warnings are not its own.</summary>
    public static void Disable(SourceWriter writer, EquatableArray<string> ids)
    {
        if (ids.Count > 0)
        {
            writer.Directive($"#pragma warning disable {string.Join(", ", ids)}");
            writer.Separate();
        }
    }

    private static IEnumerable<AttributeData> Of(ISymbol symbol) =>
        symbol.GetAttributes().Where(a => a.AttributeClass is { Name: "ObsoleteAttribute" or "ExperimentalAttribute" } type
            && type.FullNotNull() is Obsolete or Experimental);

    private static IEnumerable<string> IdsOf(AttributeData attribute) =>
        attribute.AttributeClass!.FullNotNull() == Experimental ? attribute.ConstructorArguments.Select(a => a.Value).OfType<string>()
        : attribute.Given("DiagnosticId")?.Value is string id ? ["CS0612", "CS0618", id]
        : ["CS0612", "CS0618"];

    private static string Text(AttributeData attribute)
    {
        var arguments = attribute.ConstructorArguments.Select(Literal)
            .Concat(attribute.NamedArguments.Select(a => $"{a.Key} = {Literal(a.Value)}"));
        return $"{attribute.AttributeClass!.FullNotNull()}({string.Join(", ", arguments)})".Replace("Attribute(", "(");

        static string Literal(TypedConstant value) => value.IsNull ? "null" : Literals.Of(value.Value, value.Type!);
    }

    /// <summary>A type is mentioned with what it is made of; a constant of an enum by one of its members.</summary>
    private static void Add(ISymbol? symbol, HashSet<ISymbol> seen)
    {
        if (symbol is null or INamespaceSymbol || !seen.Add(symbol))
        {
            return;
        }

        switch (symbol)
        {
            case IArrayTypeSymbol array:
                Add(array.ElementType, seen);
                break;
            case INamedTypeSymbol type:
                Add(type.ContainingType, seen);
                foreach (var part in type.TypeArguments.Concat<ISymbol>(type.TypeKind == TypeKind.Enum ? type.GetMembers() : []))
                {
                    Add(part, seen);
                }

                break;
            case IMethodSymbol method:
                foreach (var type in method.Parameters.Select(p => p.Type).Append(method.ReturnType))
                {
                    Add(type, seen);
                }

                break;
            case IPropertySymbol property:
                Add(property.Type, seen);
                break;
        }
    }
}
