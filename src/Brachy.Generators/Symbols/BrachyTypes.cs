using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Recognizes the types and attributes of Brachy.Runtime.</summary>
internal static class BrachyTypes
{
    public const string Namespace = "Brachy";
    public const string RuntimeAssembly = "Brachy.Runtime";
    public const string DataAssembly = "Brachy.Data";
    public const string ExportAssembly = "Brachy.Export";

    private const string Suffix = "Attribute";

    private static readonly SymbolMemo<ISymbol, AttributeData[]> s_attributes = new(FindAttributes);

    public static bool IsTensor(this ITypeSymbol type) => type.IsBrachy("Tensor");

    public static bool IsStructureTree(this ITypeSymbol type) => type.IsBrachy("StructureTree");

    public static bool IsTreeValue(this ITypeSymbol type) => type.IsBrachy("TreeValue");

    public static bool IsRngKey(this ITypeSymbol type) => type.IsBrachy("RngKey");

    /// <summary>Whether the type is the tensor of TorchSharp, which is not traced.</summary>
    public static bool IsTorchTensor(this ITypeSymbol type) => type is
    {
        Name: "Tensor",
        ContainingType: { Name: "torch", ContainingNamespace: { Name: "TorchSharp", ContainingNamespace.IsGlobalNamespace: true } },
    };

    /// <summary>Whether a type is declared in this compilation.</summary>
    public static bool IsInSource(this ITypeSymbol type) =>
        type.OriginalDefinition.Locations is { IsEmpty: false } all && all[0].IsInSource;

    public static bool IsTree(this ITypeSymbol type) => type.Attribute("Tree") is not null;

    /// <summary>
    /// Whether a type is a module: in the same project by its attribute or that of a base, since its base class is yet to be
    /// generated, and in a referenced one by its base class. A type parameter is what its constraints are.
    /// </summary>
    public static bool IsModule(this ITypeSymbol type)
    {
        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.Any(IsModule);
        }

        for (var current = type as INamedTypeSymbol; current is not null; current = current.BaseType)
        {
            if (current.Attribute("Module") is not null || current.IsBrachy("Module"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The base class that says what a module takes and gives, if there is one.</summary>
    public static INamedTypeSymbol? TypedModule(this ITypeSymbol type)
    {
        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.Select(TypedModule).FirstOrDefault(t => t is not null);
        }

        for (var current = type as INamedTypeSymbol; current is not null; current = current.BaseType)
        {
            if (current.IsBrachy("Module", 2))
            {
                return current;
            }
        }

        return null;
    }

    public static AttributeData? Attribute(this ISymbol symbol, string name) =>
        First(s_attributes.Of(symbol.OriginalDefinition), name);

    public static IEnumerable<AttributeData> Attributes(this ISymbol symbol, string name) =>
        s_attributes.Of(symbol.OriginalDefinition).Where(a => IsNamed(a, name));

    /// <summary>What an attribute gives to one of its properties, if it does.</summary>
    public static TypedConstant? Given(this AttributeData attribute, string name)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
            {
                return argument.Value;
            }
        }

        return null;
    }

    private static AttributeData[] FindAttributes(ISymbol symbol)
    {
        var all = symbol.GetAttributes();
        if (all.IsEmpty)
        {
            return [];
        }

        var found = new List<AttributeData>();
        foreach (var attribute in all)
        {
            if (attribute.AttributeClass is { } type && type.IsBrachy(type.Name))
            {
                found.Add(attribute);
            }
        }

        return [.. found];
    }

    private static AttributeData? First(AttributeData[] attributes, string name)
    {
        foreach (var attribute in attributes)
        {
            if (IsNamed(attribute, name))
            {
                return attribute;
            }
        }

        return null;
    }

    private static bool IsNamed(AttributeData attribute, string name) =>
        attribute.AttributeClass!.Name is var written && written.Length == name.Length + Suffix.Length
        && written.StartsWith(name, StringComparison.Ordinal) && written.EndsWith(Suffix, StringComparison.Ordinal);

    public static bool IsBrachy(this ITypeSymbol type, string name, int arity = 0) =>
        type is INamedTypeSymbol named && named.Name == name && named.Arity == arity && named.ContainingType is null
        && named.ContainingAssembly?.Name == RuntimeAssembly && IsOfBrachy(named.ContainingNamespace);

    private static bool IsOfBrachy(INamespaceSymbol? space) =>
        space is { IsGlobalNamespace: false }
        && (space is { Name: Namespace, ContainingNamespace.IsGlobalNamespace: true } || IsOfBrachy(space.ContainingNamespace));

    /// <summary>Whether the constraints of a type parameter <c>T</c> say <c>IModule&lt;T&gt;</c>, so that it has Bind.</summary>
    public static bool IsModuleOfItself(this ITypeParameterSymbol type) => Constraints(type)
        .SelectMany(t => t is INamedTypeSymbol named ? named.AllInterfaces.Insert(0, named) : [])
        .Any(t => t.IsBrachy("IModule", 1) && SymbolEqualityComparer.Default.Equals(t.TypeArguments[0], type));

    /// <summary>All types that a type parameter is said to be, those of the type parameters among them too.</summary>
    private static IEnumerable<ITypeSymbol> Constraints(ITypeParameterSymbol type) => type.ConstraintTypes
        .SelectMany(t => t is ITypeParameterSymbol parameter ? Constraints(parameter) : [t]);
}
