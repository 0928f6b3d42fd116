using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>What must hold for a [Tree] type, and which members it has.</summary>
internal static class TreeRules
{
    public static List<Fault> Check(INamedTypeSymbol type)
    {
        var all = new List<Fault>();
        foreach (var scope in TypeScope.NotPartial(type))
        {
            all.Add(SymbolEqualityComparer.Default.Equals(scope, type)
                ? new(DiagnosticDescriptors.TreeNotPartial, type, type.Name)
                : new(DiagnosticDescriptors.ContainingTypeNotPartial, scope, scope.Name, type.Name));
        }

        if (CheckKind(type) is var (problem, advice))
        {
            all.Add(new(DiagnosticDescriptors.TreeKind, type, type.Name, problem, advice));
            return all;
        }

        all.AddRange(GeneratedNames.OfTree(type));

        var members = Members(type).ToArray();
        if (members.Length == 0)
        {
            all.Add(new(DiagnosticDescriptors.TreeWithoutMembers, type, type.Name));
        }

        foreach (var member in members)
        {
            if (!IsSettable(member))
            {
                all.Add(new(DiagnosticDescriptors.TreeMemberNotSettable, member, member.Name, type.Name));
            }
            else if (ValueRules.Check(member, TypeOf(member)) is { } fault)
            {
                all.Add(fault);
            }
        }

        return all;
    }

    /// <summary>The parameters of a record, in order, as properties.</summary>
    public static IPropertySymbol[] Positional(INamedTypeSymbol type)
    {
        var parameters = type.DeclaringSyntaxReferences
            .Select(r => r.GetSyntax())
            .OfType<RecordDeclarationSyntax>()
            .Select(d => d.ParameterList)
            .FirstOrDefault(p => p is not null);
        return parameters is null
            ? []
            : parameters.Parameters.Select(p => type.GetMembers(p.Identifier.ValueText).OfType<IPropertySymbol>().FirstOrDefault())
                .OfType<IPropertySymbol>().ToArray();
    }

    /// <summary>Everything a value stores: the parameters of a record first, then other properties and fields.</summary>
    public static IEnumerable<ISymbol> Members(INamedTypeSymbol type)
    {
        var positional = Positional(type);
        return positional.Concat(type.GetMembers().Where(m =>
            !m.IsStatic && !m.IsImplicitlyDeclared && !positional.Contains(m, SymbolEqualityComparer.Default)
            && m is IFieldSymbol { IsConst: false } or IPropertySymbol { IsIndexer: false } && IsStored(m)));
    }

    public static ITypeSymbol TypeOf(ISymbol member) => member is IFieldSymbol field ? field.Type : ((IPropertySymbol)member).Type;

    private static bool IsStored(ISymbol member) => member is IFieldSymbol || PropertyRoles.IsAuto((IPropertySymbol)member);

    private static bool IsSettable(ISymbol member) => member is IFieldSymbol field
        ? !field.IsReadOnly
        : ((IPropertySymbol)member).SetMethod is not null
            || Positional(member.ContainingType).Contains(member, SymbolEqualityComparer.Default);

    private static (string Problem, string Advice)? CheckKind(INamedTypeSymbol type)
    {
        if (type.IsStatic || type.IsAbstract)
        {
            return (type.IsStatic ? "it is static" : "it is abstract", "declare a type that can be constructed");
        }

        if (type.IsModule())
        {
            return ("it is a module", "remove the attribute, and pass the module's tree and config");
        }

        if (type.IsRefLikeType)
        {
            return ("it is a ref struct", "declare an ordinary struct");
        }

        if (type is { TypeKind: TypeKind.Class, BaseType: { SpecialType: SpecialType.None } baseType })
        {
            return ($"it derives from {baseType.Short()}", "make the base a member");
        }

        return CanConstruct(type)
            ? null
            : ("it has no constructor without parameters", "add one, or declare a record with the members as its parameters");
    }

    private static bool CanConstruct(INamedTypeSymbol type) =>
        type.IsValueType || Positional(type).Length > 0 || type.InstanceConstructors.Any(c => c.Parameters.Length == 0);
}
