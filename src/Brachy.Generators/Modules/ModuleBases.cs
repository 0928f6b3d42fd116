using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>
/// What a module has from the classes it derives from. In the same project their generated halves are yet to be written, so that all is
/// told from their attributes.
/// </summary>
internal static class ModuleBases
{
    /// <summary>The class and those it derives from, nearest first, up to those of the runtime that every module derives from.</summary>
    public static IReadOnlyList<INamedTypeSymbol> SelfAndBases(INamedTypeSymbol module)
    {
        var all = new List<INamedTypeSymbol>();
        for (var type = module; type is { SpecialType: SpecialType.None, TypeKind: not TypeKind.Error }
            && !IsRoot(type); type = type.BaseType)
        {
            all.Add(type);
        }

        return all;
    }

    /// <summary>The classes between the module and those that every module derives from, nearest first.</summary>
    public static IEnumerable<INamedTypeSymbol> Of(INamedTypeSymbol module) => SelfAndBases(module).Skip(1);

    /// <summary>
    /// The class and those it derives from that have generated halves, base first: the order in which their members are declared.
    /// </summary>
    public static IEnumerable<INamedTypeSymbol> Generated(INamedTypeSymbol module) =>
        SelfAndBases(module).Where(t => t.Attribute("Module") is not null).Reverse();

    /// <summary>The bases whose generated halves have ways to call them.</summary>
    public static IEnumerable<INamedTypeSymbol> WithForward(INamedTypeSymbol module) =>
        Of(module).Where(t => t.Attribute("Module") is not null && ForwardRules.Valid(t) is not null);

    /// <summary>What nodes of a class take and give, or null when neither its base class nor a Forward says it.</summary>
    public static (string Input, ITypeSymbol Output)? Signature(INamedTypeSymbol type)
    {
        if (type.TypedModule() is { } typed)
        {
            return (Unnamed(typed.TypeArguments[0]), typed.TypeArguments[1]);
        }

        return ForwardRules.Valid(type) is { } forward ? Signature(forward) : null;
    }

    /// <summary>What a Forward method takes and gives.</summary>
    public static (string Input, ITypeSymbol Output) Signature(IMethodSymbol forward) => (
        forward.Parameters.Length == 1
            ? Unnamed(forward.Parameters[0].Type)
            : SignatureModel.InputType(forward, withNames: false, nullable: false),
        forward.ReturnType);

    /// <summary>Whether the class is, or will be, derived from <c>Module&lt;TInput, TOutput&gt;</c>.</summary>
    public static bool IsTyped(INamedTypeSymbol type) => type.TypedModule() is not null
        || (Outermost(type) is { BaseType.SpecialType: SpecialType.System_Object } outermost
            && outermost.Attribute("Module") is not null && ForwardRules.Valid(outermost) is not null);

    /// <summary>Whether derived classes can make views: their constructor calls that of the base with what it is bound to.</summary>
    public static bool HasBindingConstructor(INamedTypeSymbol baseType, INamedTypeSymbol module) => IsRoot(baseType)
        || (baseType.Attribute("Module") is not null && IsOfSameProject(baseType, module))
        || baseType.InstanceConstructors.Any(c => IsBinding(c) && IsCallable(c, module));

    /// <summary>Whether a constructor without arguments, written or to be generated, can be called by a derived class.</summary>
    public static bool CanBeBuiltWithoutArguments(INamedTypeSymbol? type, INamedTypeSymbol module)
    {
        if (type is not { SpecialType: SpecialType.None, TypeKind: not TypeKind.Error } || IsRoot(type))
        {
            return true;
        }

        var constructors = type.InstanceConstructors.Where(c => !IsBinding(c)).ToArray();
        return (constructors.Length == 0 && type.Attribute("Module") is not null)
            || (constructors.Length > 0 && constructors.All(c => c.IsImplicitlyDeclared) && IsOfSameProject(type, module))
            ? CanBeBuiltWithoutArguments(type.BaseType, module)
            : constructors.Any(c => IsCallable(c, module) && c.Parameters.All(p => p.IsOptional || p.IsParams));
    }

    /// <summary>The constructor of views.</summary>
    public static bool IsBinding(IMethodSymbol constructor) =>
        constructor.Parameters.Length == 1 && constructor.Parameters[0].Type.IsBrachy("ModuleBinding");

    public static bool IsOfSameProject(ISymbol symbol, ISymbol other) =>
        SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, other.ContainingAssembly);

    /// <summary>The type without the names of tuple elements, which do not matter.</summary>
    private static string Unnamed(ITypeSymbol type) => type is INamedTypeSymbol { IsTupleType: true, TupleElements.Length: > 0 } tuple
        ? $"({string.Join(", ", tuple.TupleElements.Select(e => e.Type.FullNotNull()))})"
        : type.FullNotNull();

    private static bool IsRoot(INamedTypeSymbol type) => type.IsBrachy("Module") || type.IsBrachy("Module", 2);

    private static INamedTypeSymbol? Outermost(INamedTypeSymbol type) => SelfAndBases(type).LastOrDefault();

    private static bool IsCallable(IMethodSymbol constructor, INamedTypeSymbol module) => constructor.DeclaredAccessibility switch
    {
        Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal => true,
        Accessibility.Internal or Accessibility.ProtectedAndInternal =>
            IsOfSameProject(constructor, module) || constructor.ContainingAssembly.GivesAccessTo(module.ContainingAssembly),
        _ => false,
    };
}
