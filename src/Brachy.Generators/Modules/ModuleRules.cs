using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>What must hold for a module class as a whole.</summary>
internal static class ModuleRules
{
    /// <summary>Faults that leave nothing to generate.</summary>
    public static IEnumerable<Fault> CheckClass(INamedTypeSymbol module)
    {
        foreach (var type in TypeScope.NotPartial(module))
        {
            yield return SymbolEqualityComparer.Default.Equals(type, module)
                ? new(DiagnosticDescriptors.ModuleNotPartial, module, module.Name)
                : new(DiagnosticDescriptors.ContainingTypeNotPartial, type, type.Name, module.Name);
        }

        if (CheckKind(module) is var (problem, advice))
        {
            yield return new(DiagnosticDescriptors.ModuleKind, module, module.Name, problem, advice);
        }
        else if (CheckBase(module) is { } fault)
        {
            yield return fault;
        }
    }

    /// <summary>Faults that concern some of the properties and fields.</summary>
    public static IEnumerable<Fault> CheckMembers(INamedTypeSymbol module)
    {
        var keys = new Dictionary<string, IPropertySymbol>();
        foreach (var property in Properties(module))
        {
            var role = PropertyRoles.Of(property);
            if (role is PropertyRole.None or PropertyRole.Config)
            {
                continue;
            }

            var key = PropertyRoles.Key(property, role);
            if (keys.TryGetValue(key, out var other))
            {
                yield return new(DiagnosticDescriptors.DuplicateKey, property, other.Name, property.Name, key, role);
            }
            else
            {
                keys.Add(key, property);
            }
        }

        foreach (var member in StateOutsideTree(module))
        {
            yield return new(DiagnosticDescriptors.StateOutsideTree, member, member.Name,
                PropertyRules.TreeAdvice(TreeRules.TypeOf(member), "declare it a partial property with [Param], [Buffer] or [Static]"));
        }
    }

    public static IEnumerable<IPropertySymbol> Properties(INamedTypeSymbol module) =>
        module.GetMembers().OfType<IPropertySymbol>().Where(p => p.PartialDefinitionPart is null && !p.IsIndexer && !p.IsImplicitlyDeclared);

    /// <summary>
    /// Fields and properties that only a constructor sets, which a view does not run, and modules and tensors that the tree
    /// does not have.
    /// </summary>
    public static IEnumerable<ISymbol> StateOutsideTree(INamedTypeSymbol module) => module.GetMembers()
        .Where(m => !m.IsStatic && !m.IsImplicitlyDeclared && m switch
        {
            IFieldSymbol field => field.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is VariableDeclaratorSyntax { Initializer: null })
                || field.Type.HoldsTensors(),
            IPropertySymbol { IsPartialDefinition: false, PartialDefinitionPart: null } property =>
                PropertyRoles.Of(property) == PropertyRole.None && PropertyRoles.IsAuto(property)
                && (PropertyRoles.Syntax(property) is { Initializer: null } || property.Type.HoldsTensors()),
            _ => false,
        });

    private static (string Problem, string Advice)? CheckKind(INamedTypeSymbol module)
    {
        if (module.IsRecord)
        {
            return ("is a record", "declare it a class");
        }

        if (module.IsStatic || module.IsAbstract)
        {
            return (module.IsStatic ? "is static" : "is abstract", "declare a class that can be constructed");
        }

        if (module.IsTree())
        {
            return ("is also [Tree]", "remove one of the attributes");
        }

        return module.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is TypeDeclarationSyntax { ParameterList: not null })
            ? ("has a primary constructor, which views of existing trees cannot call", "write an ordinary constructor")
            : null;
    }

    private static Fault? CheckBase(INamedTypeSymbol module)
    {
        if (module.BaseType is not { SpecialType: SpecialType.None, TypeKind: not TypeKind.Error } baseType)
        {
            return null;
        }

        var forward = ForwardRules.Check(module).Any() ? null : ForwardRules.Find(module);
        return IsSuitableBase(baseType, forward)
            ? null
            : new(DiagnosticDescriptors.ModuleBase, module, module.Name, baseType.Short(),
                forward is null ? "TInput, TOutput" : $"{InputOf(forward)}, {forward.ReturnType.Short()}");
    }

    /// <summary>Whether the class derives, directly or through a class of the user's, from what the generated half needs.</summary>
    private static bool IsSuitableBase(INamedTypeSymbol baseType, IMethodSymbol? forward)
    {
        if (baseType.Attribute("Module") is not null || forward is null)
        {
            return baseType.Attribute("Module") is null && baseType.IsModule();
        }

        var input = forward.Parameters.Length == 1
            ? Unnamed(forward.Parameters[0].Type)
            : SignatureModel.InputType(forward, withNames: false, nullable: false);
        return baseType.TypedModule() is { } typed
            && Unnamed(typed.TypeArguments[0]) == input
            && SymbolEqualityComparer.Default.Equals(typed.TypeArguments[1], forward.ReturnType);
    }

    /// <summary>The type without the names of tuple elements, which do not matter.</summary>
    private static string Unnamed(ITypeSymbol type) => type is INamedTypeSymbol { IsTupleType: true } tuple
        ? $"({string.Join(", ", tuple.TupleElements.Select(e => e.Type.FullNotNull()))})"
        : type.FullNotNull();

    private static string InputOf(IMethodSymbol forward) => forward.Parameters.Length switch
    {
        0 => "ValueTuple",
        1 => forward.Parameters[0].Type.Short(),
        _ => $"({string.Join(", ", forward.Parameters.Select(p => p.Type.Short()))})",
    };
}
