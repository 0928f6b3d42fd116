using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Makes the model of a module class; leaves out what is faulty, which analyzers report.</summary>
internal static class ModuleParser
{
    public static ModuleModel? Parse(INamedTypeSymbol module, Compilation compilation)
    {
        if (ModuleRules.CheckClass(module).Any(f => f.IsError))
        {
            return null;
        }

        var properties = ModuleRules.Properties(module)
            .Where(p => PropertyRoles.Of(p) != PropertyRole.None && p.PartialImplementationPart is null
                && !PropertyRules.Check(p, compilation).Any(f => f.IsError))
            .ToArray();
        var views = new ViewNames(module);
        var forward = ForwardRules.Valid(module);
        return new ModuleModel(
            TypeScope.Of(module),
            module.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat.WithMiscellaneousOptions(
                SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers)),
            TypeNames.Identifier(module.Name),
            module.IsAbstract ? ModuleKind.Abstract : module.IsSealed ? ModuleKind.Sealed : ModuleKind.Open,
            Base(module, forward),
            NeedsConstructor: ModuleRules.NeedsConstructor(module) && ModuleBases.CanBeBuiltWithoutArguments(module.BaseType, module),
            HasRequired: ModuleBases.SelfAndBases(module).Any(
                t => t.GetMembers().Any(m => m is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true })),
            HasStateOutsideTree: StateRules.LeavesUnset(module),
            properties.Select(p => Property(p, views)).ToEquatableArray(),
            properties.SelectMany(Default).ToEquatableArray(),
            KeptMember.Of(module)
                .Where(m => m.IsRandomKey)
                .Select(m => TypeNames.Quoted(m.Key))
                .Distinct()
                .OrderBy(k => k, System.StringComparer.Ordinal)
                .ToEquatableArray(),
            KeptMember.Attributes(module).ToEquatableArray(),
            views.Free("Generated", forward is null ? [] : forward.Parameters.Select(p => p.Name)),
            Warnings.Ids([
                .. ModuleBases.SelfAndBases(module), .. ModuleRules.Properties(module),
                .. new[] { forward }.OfType<ISymbol>(),
            ]),
            forward is null ? null : Forward(module, forward));
    }

    private static ModuleBase Base(INamedTypeSymbol module, IMethodSymbol? forward)
    {
        var isGenerated = module.BaseType is { SpecialType: SpecialType.System_Object };
        var bases = ModuleBases.Of(module).ToArray();
        var withForward = ModuleBases.WithForward(module).ToArray();
        var isTyped = isGenerated ? forward is not null : ModuleBases.IsTyped(module.BaseType!);
        return new ModuleBase(
            isGenerated,
            isTyped,
            HasDefaults: bases.Length > 0,
            HasView: isTyped || withForward.Any(t => !t.IsAbstract),
            HasCall: withForward.Length > 0,
            HasApply: withForward.Any(t => !t.IsAbstract),
            IsAround: bases.Any(
                b => Around(module).Any(t => SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, b.OriginalDefinition))));
    }

    private static IEnumerable<INamedTypeSymbol> Around(INamedTypeSymbol type)
    {
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            yield return outer;
        }
    }

    private static PropertyModel Property(IPropertySymbol property, ViewNames views)
    {
        var role = PropertyRoles.Of(property);
        var view = role == PropertyRole.Submodule ? views.Next(property.Name) : "";
        var (getter, setter) = PropertyAccess.Of(property, role, TypeNames.Quoted(PropertyRoles.Key(property, role)), view);
        return PropertyDeclaration.Of(property, getter, setter, view.Length == 0 ? "" : $"{property.Type.FullNotNull()}? {view}");
    }

    private static IEnumerable<ConfigDefault> Default(IPropertySymbol property) =>
        PropertyRoles.Of(property) == PropertyRole.Config && PropertyAccess.Default(property) is { } value
            ? [new ConfigDefault(TypeNames.Quoted(PropertyRoles.Key(property, PropertyRole.Config)), value)]
            : [];

    private static ForwardModel Forward(INamedTypeSymbol module, IMethodSymbol forward)
    {
        var signature = SignatureModel.Of(forward);
        var isCompiled = ForwardRules.IsCompiled(forward);
        var inputs = forward.Parameters.Select(p => HandlerExpression.Of(p.Type)).ToArray();
        var output = HandlerExpression.Of(forward.ReturnType);
        return new ForwardModel(
            signature,
            InheritsCall(module, forward),
            isCompiled ? HandlerExpression.Input(inputs!) : null,
            isCompiled ? output : null,
            Warnings.Attributes(forward),
            Registrations(module, forward, output).ToEquatableArray());
    }

    /// <summary>Whether the nearest class with a Call has one of the same parameters.</summary>
    public static bool InheritsCall(INamedTypeSymbol module, IMethodSymbol forward)
    {
        var signature = SignatureModel.Of(forward);
        if (ModuleBases.WithForward(module).FirstOrDefault() is { } called)
        {
            return ForwardRules.Valid(called) is { } inherited && SignatureModel.Of(inherited).Parameters.Equals(signature.Parameters);
        }

        var isTyped = module.BaseType is { SpecialType: SpecialType.System_Object } || ModuleBases.IsTyped(module.BaseType!);
        return isTyped && forward.Parameters.Length == 1 && signature.Parameters[0] is { Name: "input", Default: "" };
    }

    private static IEnumerable<string> Registrations(INamedTypeSymbol module, IMethodSymbol forward, string? output)
    {
        if (module.IsGenericType)
        {
            return [];
        }

        var types = forward.Parameters.Select(p => p.Type).Append(forward.ReturnType).ToArray();
        var handlers = types.SelectMany(HandlerRegistration.Of).ToList();
        if (!types.All(HandlerExpression.CanBeNamed))
        {
            return handlers;
        }

        var inputs = forward.Parameters.Select(p => HandlerExpression.Of(p.Type)).ToArray();
        if (inputs.Length > 1 && !inputs.Contains(null))
        {
            handlers.Add(HandlerExpression.Tuple(inputs!));
        }

        if (output is not null)
        {
            handlers.Add($"{HandlerExpression.Class}.Tuple({HandlerExpression.Class}.StructureTree, {output})");
        }

        return handlers.Distinct();
    }
}
