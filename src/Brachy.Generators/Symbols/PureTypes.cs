using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Types whose functions give the same for the same arguments, and whose values never change.</summary>
internal static class PureTypes
{
    /// <summary>
    /// Types of the framework that are no numbers or enums; their static members that differ are in <see cref="ImpureCode"/>.
    /// </summary>
    private static readonly HashSet<string> s_pure =
    [
        "System.Math", "System.MathF", "System.BitConverter", "System.Convert", "System.Buffer", "System.HashCode", "System.Enum",
        "System.Half", "System.Int128", "System.UInt128", "System.Decimal", "System.Index", "System.Range", "System.Tuple",
        "System.ValueTuple", "System.TimeSpan", "System.DateTime", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly",
        "System.Guid", "System.Version", "System.Uri", "System.Type", "System.StringComparer", "System.MemoryExtensions",
        "System.Numerics.BigInteger", "System.Numerics.BitOperations", "System.Numerics.Complex", "System.Numerics.Vector2",
        "System.Numerics.Vector3", "System.Numerics.Vector4", "System.Numerics.Quaternion", "System.Numerics.Matrix4x4",
        "System.Text.Rune", "System.Text.Encoding", "System.Text.RegularExpressions.Regex", "System.IO.Path",
        "System.Globalization.CultureInfo", "System.Collections.Generic.KeyValuePair",
    ];

    /// <summary>Whether a function gives the same each time, and nothing that can be changed.</summary>
    public static bool IsPure(IMethodSymbol method) =>
        IsOfPureType(method) && !ImpureCode.Differs(method) && !method.Parameters.Any(p => p.RefKind is RefKind.Ref or RefKind.Out)
        && (IsImmutable(method.ReturnType) || IsEmpty(method));

    /// <summary>Whether values of a type never change, so that one is as good as another of the same content.</summary>
    public static bool IsImmutable(ITypeSymbol type) => IsImmutable(type, new(SymbolEqualityComparer.Default));

    private static bool IsImmutable(ITypeSymbol type, HashSet<ITypeSymbol> seen) => !seen.Add(type) || type switch
    {
        { SpecialType: SpecialType.System_Object or SpecialType.System_Array } => false,
        { TypeKind: TypeKind.Enum or TypeKind.Delegate } => true,
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } or INamedTypeSymbol { IsTupleType: true } =>
            ((INamedTypeSymbol)type).TypeArguments.All(t => IsImmutable(t, seen)),
        { SpecialType: SpecialType.System_String } => true,
        { SpecialType: not SpecialType.None, IsValueType: true } => true,
        INamedTypeSymbol named when IsListed(named) || ContentRules.IsImmutableCollection(named) =>
            named.TypeArguments.All(t => IsImmutable(t, seen)),
        INamedTypeSymbol named when ContentRules.IsOfRuntime(named) =>
            named.IsValueType || named.Name is "DType" or "Device" or "Shape" or "GlobalConfig",
        INamedTypeSymbol named when named.Locations.Any(l => l.IsInSource) =>
            (named.IsValueType || (named.IsRecord && named.BaseType?.SpecialType == SpecialType.System_Object))
            && named.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic)
                .All(f => (named.IsValueType || f.IsReadOnly) && IsImmutable(f.Type, seen)),
        INamedTypeSymbol { IsValueType: true, IsReadOnly: true } => true,
        _ => false,
    };

    private static bool IsOfPureType(IMethodSymbol method) => method.ContainingType is { } type
        && (type.SpecialType is not (SpecialType.None or SpecialType.System_Object or SpecialType.System_Array)
            || type.TypeKind == TypeKind.Enum
            || IsListed(type) || ContentRules.IsImmutableCollection(type) || IsEmpty(method)
            || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T);

    /// <summary>What has no items is the same object each time.</summary>
    private static bool IsEmpty(IMethodSymbol method) => method is
    {
        Name: "Empty", Parameters.Length: 0,
        ContainingType: { Name: "Array" or "Enumerable", ContainingNamespace: { } space },
    }
        && space.ToDisplayString() is "System" or "System.Linq";

    private static bool IsListed(INamedTypeSymbol type) =>
        type.ContainingType is null && s_pure.Contains($"{type.ContainingNamespace?.ToDisplayString()}.{type.Name}")
        && type.Locations.All(l => !l.IsInSource);
}
