using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Finds out whether values of a type can hold tensors, which must be traced and cannot be static.</summary>
internal static class TensorContent
{
    private static readonly TypeMemo<bool> s_known =
        new(type => Holds(type, new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default)));

    public static bool HoldsTensors(this ITypeSymbol type) => s_known.Of(type);

    private static bool Holds(ITypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (!seen.Add(type))
        {
            return false;
        }

        return type switch
        {
            IArrayTypeSymbol array => Holds(array.ElementType, seen),
            INamedTypeSymbol { TypeKind: TypeKind.Delegate or TypeKind.Enum or TypeKind.Error } => false,
            INamedTypeSymbol { SpecialType: not SpecialType.None and not SpecialType.System_Nullable_T, IsGenericType: false } => false,
            ITypeParameterSymbol parameter => parameter.ConstraintTypes.Any(constraint => Holds(constraint, seen)),
            INamedTypeSymbol named => IsSource(named) || Parts(named).Any(part => Holds(part, seen)),
            _ => false,
        };
    }

    private static bool IsSource(INamedTypeSymbol type) =>
        type.IsTensor() || type.IsStructureTree() || type.IsTreeValue() || type.IsRngKey() || type.IsModule() || type.IsTorchTensor();

    private static IEnumerable<ITypeSymbol> Parts(INamedTypeSymbol type)
    {
        if (type.IsTupleType)
        {
            return type.TupleElements.Select(e => e.Type);
        }

        // What the runtime's own types hold is known; functions, for one, take tensors but hold none.
        if (type.ContainingAssembly?.Name == BrachyTypes.RuntimeAssembly && !type.IsTree())
        {
            return type.IsBrachy("TreeDictionary", 1) ? type.TypeArguments : [];
        }

        if (IsOfFramework(type))
        {
            return type.TypeArguments;
        }

        // The private fields of a referenced class may be missing from its reference assembly.
        return type.IsInSource() ? Stored(type) : Stored(type).Concat(Properties(type)).Concat(type.TypeArguments);
    }

    private static IEnumerable<ITypeSymbol> Stored(INamedTypeSymbol type) => type.GetMembers()
        .OfType<IFieldSymbol>()
        .Where(f => !f.IsStatic)
        .Select(f => f.Type)
        .Concat(type.BaseType is { SpecialType: SpecialType.None } baseType ? new ITypeSymbol[] { baseType } : []);

    private static IEnumerable<ITypeSymbol> Properties(INamedTypeSymbol type) => type.GetMembers()
        .OfType<IPropertySymbol>()
        .Where(p => !p.IsStatic && p.DeclaredAccessibility == Accessibility.Public)
        .Select(p => p.Type);

    private static bool IsOfFramework(INamedTypeSymbol type)
    {
        var outermost = type.ContainingNamespace;
        while (outermost is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
        {
            outermost = outermost.ContainingNamespace;
        }

        return outermost?.Name is "System" or "Microsoft";
    }
}
