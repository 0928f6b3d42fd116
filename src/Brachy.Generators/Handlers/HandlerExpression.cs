using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>The C# expression of the <c>TreeHandler</c> of a type: how transforms take its values apart.</summary>
internal static class HandlerExpression
{
    public const string Class = "global::Brachy.CompilerServices.TreeHandler";

    /// <summary>The longest tuple that is not one of seven and a rest.</summary>
    private const int MaxFlatTuple = 7;

    /// <summary>The expression, or null when the type holds tensors that transforms cannot get at.</summary>
    public static string? Of(ITypeSymbol type)
    {
        if (type.IsTensor())
        {
            return $"{Class}.Tensor";
        }

        if (type.IsStructureTree())
        {
            return $"{Class}.StructureTree";
        }

        if (type.IsTreeValue())
        {
            return $"{Class}.TreeValue";
        }

        if ((type.TypeKind == TypeKind.TypeParameter && !type.IsModule()) || type.IsRngKey())
        {
            return $"{Class}.For<{type.FullNotNull()}>()";
        }

        if (type.IsTree())
        {
            return type.IsModule() ? null : $"{type.FullNotNull()}.TreeHandler";
        }

        if (Composite(type) is var (method, parts))
        {
            // A collection without tensors is compared as a whole; a tuple would compare its collections by reference.
            if (method == "Tuple" || parts.Any(p => p.HoldsTensors() || MentionsTypeParameter(p)))
            {
                var handlers = parts.Select(Of).ToArray();
                return handlers.Contains(null) ? null
                    : method == "Tuple" ? Tuple(handlers!)
                    : $"{Class}.{method}({string.Join(", ", handlers)})";
            }
        }

        return type.HoldsTensors() ? null : $"{Class}.Static<{type.FullNotNull()}>()";
    }

    /// <summary>The expression of the handler of all arguments of a function in one value.</summary>
    /// <param name="parameters">The expressions of the handlers of the arguments.</param>
    public static string Input(string[] parameters) => parameters.Length switch
    {
        0 => $"{Class}.Static<global::System.ValueTuple>()",
        1 => parameters[0],
        _ => Tuple(parameters),
    };

    /// <summary>The expression of the handler of a tuple.</summary>
    /// <param name="items">The expressions of the handlers of its items, one or more.</param>
    public static string Tuple(string[] items) => items.Length <= MaxFlatTuple
        ? $"{Class}.Tuple({string.Join(", ", items)})"
        : $"{Class}.Tuple({string.Join(", ", items.Take(MaxFlatTuple))}, {Tuple(items.Skip(MaxFlatTuple).ToArray())})";

    /// <summary>The type and the parts it is made of, for registration; none of those that are known anyway.</summary>
    public static List<ITypeSymbol> Registrable(ITypeSymbol type)
    {
        var all = new List<ITypeSymbol>();
        if (!CanBeWritten(type))
        {
            return all;
        }

        if (!IsBuiltIn(type))
        {
            all.Add(type);
        }

        if (Composite(type) is var (_, parts))
        {
            all.AddRange(parts.SelectMany(Registrable));
        }

        return all;
    }

    /// <summary>Whether code elsewhere in the same project can have the type as a type argument.</summary>
    public static bool CanBeWritten(ITypeSymbol type) =>
        !MentionsTypeParameter(type) && CanBeWrittenConstructed(type);

    /// <summary>Whether generated code can name the types that a definition is constructed to, if it can name the type arguments.</summary>
    public static bool CanBeWrittenConstructed(ITypeSymbol type) =>
        !type.Mentions(TypeMentions.IsPointer) && type.TypeKind != TypeKind.Dynamic
        && !MentionsError(type) && !type.IsRefLikeType && CanBeNamed(type);

    private static (string Method, ITypeSymbol[] Parts)? Composite(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => ("Array", [array.ElementType]),
        INamedTypeSymbol { IsTupleType: true, TupleElements.Length: > 1 } tuple =>
            ("Tuple", tuple.TupleElements.Select(e => e.Type).ToArray()),
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Collections_Generic_IReadOnlyList_T } list =>
            ("ReadOnlyList", [list.TypeArguments[0]]),
        INamedTypeSymbol { Name: "List", Arity: 1 } list when IsCollection(list) => ("List", [list.TypeArguments[0]]),
        INamedTypeSymbol { Name: "Dictionary", Arity: 2 } dictionary
            when IsCollection(dictionary) && dictionary.TypeArguments[0].SpecialType == SpecialType.System_String =>
            ("Dictionary", [dictionary.TypeArguments[1]]),
        _ => null,
    };

    private static bool IsCollection(INamedTypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString() == "System.Collections.Generic";

    public static bool MentionsTypeParameter(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => MentionsTypeParameter(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(MentionsTypeParameter)
            || (named.ContainingType is { } outer && MentionsTypeParameter(outer)),
        _ => false,
    };

    /// <summary>Whether the type is unknown or made of unknown ones: those of generated members are, while generators run.</summary>
    private static bool MentionsError(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => MentionsError(array.ElementType),
        INamedTypeSymbol { TypeKind: not TypeKind.Error } named => named.TypeArguments.Any(MentionsError),
        _ => type.TypeKind == TypeKind.Error,
    };

    /// <summary>Whether code elsewhere in the same project can name the type.</summary>
    public static bool CanBeNamed(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => CanBeNamed(array.ElementType),
        INamedTypeSymbol named =>
            named.DeclaredAccessibility is not (Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal)
                && !named.IsFileLocal && !IsForbidden(named)
                && named.TypeArguments.All(CanBeNamed)
                && (named.ContainingType is not { } outer || CanBeNamed(outer)),
        _ => true,
    };

    /// <summary>Whether the compiler refuses code that uses a type of this project.</summary>
    private static bool IsForbidden(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Length > 0
        && type.GetAttributes() is { IsEmpty: false } all
        && all.Any(a => a.AttributeClass?.Name == "ObsoleteAttribute"
            && a.ConstructorArguments.Length == 2 && a.ConstructorArguments[1].Value is true);

    public static bool IsBuiltIn(ITypeSymbol type) =>
        type.IsTensor() || type.IsStructureTree() || type.IsRngKey() || type.IsTreeValue()
        || type.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_UIntPtr and not SpecialType.System_Decimal)
            or SpecialType.System_Void
        || type.TypeKind == TypeKind.Enum
        || type.IsBrachy("GlobalConfig") || type.IsBrachy("Shape") || type.IsBrachy("Device") || type.IsBrachy("Scalar");
}
