using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>Which records and structs generated code can compare and copy member by member, and whether that is needed.</summary>
internal static class ContentRules
{
    /// <summary>
    /// Whether generated code sees all that values of a type store: a record or struct of this project that can be
    /// named, as can its members.
    /// </summary>
    public static bool CanBeTakenApart(ITypeSymbol type) =>
        !HandlerExpression.MentionsTypeParameter(type) && CanBeTakenApartConstructed(type);

    /// <summary>The same for the types that a generic definition is constructed to.</summary>
    public static bool CanBeTakenApartConstructed(ITypeSymbol type) =>
        type is INamedTypeSymbol { IsTupleType: false, IsRefLikeType: false, TypeKind: TypeKind.Class or TypeKind.Struct } named
        && (named.IsRecord || named.IsValueType)
        && IsOfThisProject(named) && HandlerExpression.CanBeWrittenConstructed(named) && HiddenParameters(named).IsEmpty
        && CanReadAll(named);

    private static bool CanReadAll(INamedTypeSymbol type)
    {
        foreach (var (member, memberType) in Stored(type))
        {
            if (!IsReadable(member) || !HandlerExpression.CanBeWrittenConstructed(memberType))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The fields, and properties with storage, of a type and its base classes.</summary>
    public static IReadOnlyList<StoredMember> Stored(INamedTypeSymbol type)
    {
        var stored = new List<StoredMember>();
        for (var current = type; current is { SpecialType: SpecialType.None }; current = current.BaseType!)
        {
            foreach (var member in current.GetMembers())
            {
                if (member is IFieldSymbol { IsStatic: false } field)
                {
                    stored.Add(new(field.AssociatedSymbol ?? field, field.Type));
                }
            }
        }

        return stored;
    }

    /// <summary>
    /// Whether a record or struct holds what its type arguments say, so that each of its constructed types is compared in its own way.
    /// </summary>
    public static bool StoresTypeParameters(INamedTypeSymbol definition) =>
        (definition.IsRecord || definition.IsValueType) && Stored(definition).Any(s => HandlerExpression.MentionsTypeParameter(s.Type));

    /// <summary>The parameters of a type that is no record, which it may store without a member.</summary>
    public static ImmutableArray<IParameterSymbol> HiddenParameters(INamedTypeSymbol type) =>
        !type.DeclaringSyntaxReferences.Any(HasParameterList) ? []
        : type.InstanceConstructors.First(c => c.DeclaringSyntaxReferences.Any(HasParameterList)).Parameters;

    /// <summary>Whether <c>with</c> can set a member.</summary>
    public static bool IsSettable(ISymbol member) => member switch
    {
        IPropertySymbol { SetMethod: { } setter } => IsVisible(setter),
        IFieldSymbol field => !field.IsReadOnly,
        _ => false,
    };

    /// <summary>Whether a member of a value can be set after it was made.</summary>
    public static bool CanBeReplaced(ISymbol member) => member switch
    {
        IPropertySymbol { SetMethod: { IsInitOnly: false, DeclaredAccessibility: not Accessibility.Private } } => true,
        IFieldSymbol { IsReadOnly: false, DeclaredAccessibility: not Accessibility.Private } => true,
        _ => false,
    };

    /// <summary>Whether what a value of the type holds can change in place, as far as its copies would see that.</summary>
    public static bool CanChange(ITypeSymbol type) => CanChange(type, new(SymbolEqualityComparer.Default));

    /// <summary>
    /// Whether values of a type hold real numbers, which <c>Equals</c> takes for the same where their signs of zero differ.
    /// </summary>
    public static bool HoldsReals(ITypeSymbol type) => HoldsReals(type, new(SymbolEqualityComparer.Default));

    /// <summary>
    /// Whether values of a record never change, hold no tensors, and are told apart by <c>Equals</c> exactly as by their content.
    /// </summary>
    public static bool IsPlain(INamedTypeSymbol type)
    {
        foreach (var (member, memberType) in Stored(type))
        {
            if ((type.IsReferenceType && CanBeReplaced(member)) || !IsPlainValue(memberType))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsCollection(INamedTypeSymbol type)
    {
        if (type.SpecialType is SpecialType.System_String or SpecialType.System_Collections_IEnumerable)
        {
            return type.SpecialType != SpecialType.System_String;
        }

        foreach (var implemented in type.AllInterfaces)
        {
            if (implemented.SpecialType == SpecialType.System_Collections_IEnumerable)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it is a part of an array, which others may write to.</summary>
    public static bool IsMemory(ITypeSymbol type) => type is INamedTypeSymbol
    {
        Arity: 1, Name: "Memory" or "ReadOnlyMemory", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true },
    };

    public static bool IsImmutableCollection(INamedTypeSymbol type) =>
        type.ContainingNamespace is { Name: "Immutable" or "Frozen", ContainingNamespace.Name: "Collections" };

    public static bool IsOfRuntime(ITypeSymbol type) => type.ContainingAssembly?.Name == BrachyTypes.RuntimeAssembly;

    public static bool IsOfThisProject(INamedTypeSymbol type) => type.IsInSource() && !IsOfRuntime(type);

    private static bool CanChange(ITypeSymbol type, HashSet<ITypeSymbol> seen) => seen.Add(type) && type switch
    {
        IArrayTypeSymbol => true,
        { SpecialType: SpecialType.System_Object } or { TypeKind: TypeKind.Interface or TypeKind.TypeParameter or TypeKind.Dynamic } =>
            true,
        { SpecialType: not SpecialType.None and not SpecialType.System_Nullable_T } or { TypeKind: TypeKind.Delegate or TypeKind.Enum } =>
            false,
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.Any(e => CanChange(e.Type, seen)),
        INamedTypeSymbol named when IsOfRuntime(named) => false,
        INamedTypeSymbol named when IsMemory(named) => true,
        INamedTypeSymbol named when IsCollection(named) =>
            !IsImmutableCollection(named) || named.TypeArguments.Any(t => CanChange(t, seen)),
        INamedTypeSymbol named when CanBeTakenApart(named) => MembersCanChange(named, seen),
        INamedTypeSymbol named => named.IsValueType && named.TypeArguments.Any(t => CanChange(t, seen)),
        _ => false,
    };

    private static bool MembersCanChange(INamedTypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        foreach (var (member, memberType) in Stored(type))
        {
            if ((type.IsReferenceType && CanBeReplaced(member)) || CanChange(memberType, seen))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsReals(ITypeSymbol type, HashSet<ITypeSymbol> seen) => seen.Add(type) && type switch
    {
        _ when type.IsReal() => true,
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable =>
            HoldsReals(nullable.TypeArguments[0], seen),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.Any(e => HoldsReals(e.Type, seen)),
        INamedTypeSymbol named when CanBeTakenApart(named) => Stored(named).Any(s => HoldsReals(s.Type, seen)),
        _ => false,
    };

    private static bool IsPlainValue(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Double or SpecialType.System_Single or SpecialType.System_Object } => false,
        { SpecialType: not SpecialType.None and not SpecialType.System_Nullable_T, IsValueType: true }
            or { SpecialType: SpecialType.System_String } => true,
        { TypeKind: TypeKind.Enum or TypeKind.Delegate } => true,
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable =>
            IsPlainValue(nullable.TypeArguments[0]),
        INamedTypeSymbol
        {
            Name: "DateTime" or "DateTimeOffset" or "TimeSpan" or "Guid" or "Type" or "DateOnly" or "TimeOnly",
            ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true }
        } => true,
        _ => type.IsBrachy("DType") || type.IsBrachy("Device") || type.IsBrachy("Shape") || type.IsBrachy("GlobalConfig"),
    };

    private static bool IsReadable(ISymbol member) => member switch
    {
        IPropertySymbol { GetMethod: { } getter } => IsVisible(getter) && IsVisible(member) && member.CanBeReferencedByName,
        IFieldSymbol { IsImplicitlyDeclared: false, IsFixedSizeBuffer: false, RefKind: RefKind.None } =>
            IsVisible(member) && member.CanBeReferencedByName,
        _ => false,
    };

    private static bool IsVisible(ISymbol member) =>
        member.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal
        && !member.GetAttributes().Any(a => a.AttributeClass?.Name is "ObsoleteAttribute" or "ExperimentalAttribute");

    private static bool HasParameterList(SyntaxReference declaration) =>
        declaration.GetSyntax() is TypeDeclarationSyntax { ParameterList: not null } and not RecordDeclarationSyntax;
}

/// <summary>A field, or a property with storage.</summary>
/// <param name="Member">The field or property.</param>
/// <param name="Type">Its type.</param>
internal sealed record StoredMember(ISymbol Member, ITypeSymbol Type);
