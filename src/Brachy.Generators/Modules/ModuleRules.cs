using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>What must hold for a module class as a whole.</summary>
internal static class ModuleRules
{
    private static readonly SymbolMemo<INamedTypeSymbol, Fault[]> s_faults = new(FindInClass);
    private static readonly SymbolMemo<INamedTypeSymbol, IPropertySymbol[]> s_properties = new(FindProperties);

    /// <summary>Faults that leave nothing to generate.</summary>
    public static IReadOnlyList<Fault> CheckClass(INamedTypeSymbol module) => s_faults.Of(module);

    private static IPropertySymbol[] FindProperties(INamedTypeSymbol module)
    {
        var properties = new List<IPropertySymbol>();
        foreach (var member in module.GetMembers())
        {
            if (member is IPropertySymbol { PartialDefinitionPart: null, IsIndexer: false, IsImplicitlyDeclared: false } property)
            {
                properties.Add(property);
            }
        }

        return [.. properties];
    }

    private static Fault[] FindInClass(INamedTypeSymbol module)
    {
        var all = new List<Fault>();
        foreach (var type in TypeScope.NotPartial(module))
        {
            all.Add(SymbolEqualityComparer.Default.Equals(type, module)
                ? new(DiagnosticDescriptors.ModuleNotPartial, module, module.Name)
                : new(DiagnosticDescriptors.ContainingTypeNotPartial, type, type.Name, module.Name));
        }

        if (CheckKind(module) is var (problem, advice))
        {
            all.Add(new(DiagnosticDescriptors.ModuleKind, module, module.Name, problem, advice));
        }
        else if (CheckBase(module) is { } fault)
        {
            all.Add(fault);
        }
        else
        {
            all.AddRange(GeneratedNames.OfModule(module));
        }

        foreach (var member in module.GetMembers())
        {
            if (member is IPropertySymbol { IsIndexer: true, PartialDefinitionPart: null } indexer
                && PropertyRoles.Marked(indexer).Length > 0)
            {
                all.Add(new(
                    DiagnosticDescriptors.PropertyModifier, indexer, "this[]", "an indexer", "declare a property with a name for each"));
            }
        }

        return [.. all];
    }

    /// <summary>Faults that concern some of the properties and fields.</summary>
    public static IEnumerable<Fault> CheckMembers(INamedTypeSymbol module)
    {
        var keys = new Dictionary<string, KeptMember>();
        foreach (var member in KeptMember.Of(module))
        {
            if (!keys.TryGetValue(member.Key, out var other))
            {
                keys.Add(member.Key, member);
            }
            else if (SymbolEqualityComparer.Default.Equals(member.Owner, module) && member.Property is { } property)
            {
                yield return new(
                    DiagnosticDescriptors.DuplicateKey, property, Named(other), member.Name, member.Key, PropertyRoles.Of(property));
            }
        }

        foreach (var fault in CheckSettings(module))
        {
            yield return fault;
        }

        if (NeedsConstructor(module) && !ModuleBases.CanBeBuiltWithoutArguments(module.BaseType, module))
        {
            yield return new(DiagnosticDescriptors.ModuleConstructor, module, module.Name, module.BaseType!.Short());
        }

        foreach (var member in StateRules.OutsideTree(module))
        {
            yield return StateRules.FaultOf(member);
        }

        string Named(KeptMember other) =>
            SymbolEqualityComparer.Default.Equals(other.Owner, module) ? other.Name : $"{other.Owner.Short()}.{other.Name}";
    }

    /// <summary>Two properties may read one setting, if as the same type; and the default is that of one.</summary>
    private static IEnumerable<Fault> CheckSettings(INamedTypeSymbol module)
    {
        var settings = ModuleBases.Generated(module).SelectMany(Properties)
            .Where(p => PropertyRoles.Of(p) == PropertyRole.Config)
            .GroupBy(p => PropertyRoles.Key(p, PropertyRole.Config));
        foreach (var setting in settings)
        {
            var first = setting.First();
            foreach (var property in setting.Skip(1).Where(p => SymbolEqualityComparer.Default.Equals(p.ContainingType, module)))
            {
                var isOwn = SymbolEqualityComparer.Default.Equals(first.ContainingType, module);
                if (!SymbolEqualityComparer.Default.Equals(property.Type, first.Type)
                    || (isOwn && HasDefault(first) && HasDefault(property)))
                {
                    yield return new(
                        DiagnosticDescriptors.DuplicateKey, property, isOwn ? first.Name : $"{first.ContainingType.Short()}.{first.Name}",
                        property.Name, setting.Key, PropertyRole.Config);
                }
            }
        }

        foreach (var fault in CheckSharedSettings(module))
        {
            yield return fault;
        }
    }

    /// <summary>A model has one config, so that what submodules read under one key is one value.</summary>
    private static IEnumerable<Fault> CheckSharedSettings(INamedTypeSymbol module)
    {
        var known = new Dictionary<string, (INamedTypeSymbol Owner, IPropertySymbol Setting)>();
        foreach (var setting in SettingsOf(module))
        {
            known[PropertyRoles.Key(setting, PropertyRole.Config)] = (module, setting);
        }

        var reported = new HashSet<string>();
        foreach (var submodule in Properties(module).Where(p => PropertyRoles.Of(p) == PropertyRole.Submodule))
        {
            foreach (var (owner, setting) in SettingsBelow(submodule.Type, []))
            {
                var key = PropertyRoles.Key(setting, PropertyRole.Config);
                if (!known.TryGetValue(key, out var other))
                {
                    known.Add(key, (owner, setting));
                }
                else if (FormOf(setting.Type) is { } form && FormOf(other.Setting.Type) is { } otherForm && form != otherForm
                    && reported.Add(key))
                {
                    var isOwn = SymbolEqualityComparer.Default.Equals(other.Setting.ContainingType, module);
                    yield return new(
                        DiagnosticDescriptors.DuplicateKey, isOwn ? other.Setting : submodule, $"{owner.Short()}.{setting.Name}",
                        isOwn ? other.Setting.Name : $"{other.Owner.Short()}.{other.Setting.Name}", key, PropertyRole.Config);
                }
            }
        }
    }

    private static IEnumerable<IPropertySymbol> SettingsOf(INamedTypeSymbol module) => ModuleBases.Generated(module).SelectMany(Properties)
        .Where(p => PropertyRoles.Of(p) == PropertyRole.Config);

    /// <summary>What a module and those in it read.</summary>
    private static IEnumerable<(INamedTypeSymbol Owner, IPropertySymbol Setting)> SettingsBelow(
        ITypeSymbol type, HashSet<ITypeSymbol> seen) =>
        type is INamedTypeSymbol module && module.IsModule() && seen.Add(module)
            ? SettingsOf(module).Select(setting => (module, setting)).Concat(ModuleBases.Generated(module).SelectMany(Properties)
                .Where(p => PropertyRoles.Of(p) == PropertyRole.Submodule).SelectMany(p => SettingsBelow(p.Type, seen)))
            : [];

    /// <summary>What kind of value a setting is: numbers of all types are read as each other.</summary>
    private static string? FormOf(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => FormOf(nullable.TypeArguments[0]),
        { SpecialType: SpecialType.System_Boolean } => "bool",
        { SpecialType: SpecialType.System_String } => "string",
        { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_Double } => "number",
        _ => null,
    };

    private static bool HasDefault(IPropertySymbol property) =>
        property.Attribute("Config")!.Given("Default") is not null;

    /// <summary>
    /// The module that a class derives from without being one itself, whose views and apply function it has; null for other classes, and
    /// for those that say themselves what their nodes compute.
    /// </summary>
    public static INamedTypeSymbol? UnmarkedBase(INamedTypeSymbol type)
    {
        if (!type.IsModule())
        {
            return null;
        }

        var own = ModuleBases.SelfAndBases(type).TakeWhile(t => t.Attribute("Module") is null).ToArray();
        return own.Length == 0 || own.Any(t => !t.GetMembers("DefaultApply").IsEmpty)
            ? null
            : ModuleBases.SelfAndBases(type).Skip(own.Length).FirstOrDefault();
    }

    /// <summary>What is wrong with a class that derives from modules, but is none itself.</summary>
    public static IEnumerable<Fault> CheckUnmarked(INamedTypeSymbol type)
    {
        if (UnmarkedBase(type) is not { } module)
        {
            yield break;
        }

        if (!type.IsAbstract && Problem() is { } problem)
        {
            yield return new(DiagnosticDescriptors.ModuleNotMarked, type, type.Name, module.Short(), problem);
        }

        foreach (var member in StateRules.OutsideTree(type))
        {
            yield return StateRules.FaultOf(member);
        }

        string? Problem() =>
            !type.GetMembers("Forward").IsEmpty
                ? $"nodes that it builds compute {(module.IsAbstract ? "nothing" : $"'{module.Short()}.Forward'")}, and not its Forward"
            : module.IsAbstract ? "nodes that it builds compute nothing"
            : type.GetMembers().FirstOrDefault(m => m is IMethodSymbol or IPropertySymbol && OverridesModule(m)) is { } member
                ? $"views of its nodes are '{module.Short()}', and do not have its '{member.Name}'"
            : null;
    }

    /// <summary>Whether a member overrides one that a module declares, and not one that every module or object has.</summary>
    private static bool OverridesModule(ISymbol member)
    {
        var first = member;
        while ((first is IMethodSymbol method ? method.OverriddenMethod : (ISymbol?)(first as IPropertySymbol)?.OverriddenProperty)
            is { } overridden)
        {
            first = overridden;
        }

        return !ReferenceEquals(first, member) && first is not IMethodSymbol { MethodKind: not MethodKind.Ordinary }
            && ModuleBases.SelfAndBases(member.ContainingType).Contains(first.ContainingType, SymbolEqualityComparer.Default);
    }

    /// <summary>Whether the class has no constructor of its own.</summary>
    public static bool NeedsConstructor(INamedTypeSymbol module) =>
        module.InstanceConstructors.All(c => c.IsImplicitlyDeclared || ModuleBases.IsBinding(c));

    public static IReadOnlyList<IPropertySymbol> Properties(INamedTypeSymbol module) => s_properties.Of(module);

    private static (string Problem, string Advice)? CheckKind(INamedTypeSymbol module)
    {
        if (module.IsRecord || module.TypeKind != TypeKind.Class)
        {
            return ($"is {(module.IsRecord ? "a record" : module.IsValueType ? "a struct" : "an interface")}", "declare it a class");
        }

        if (module.IsStatic)
        {
            return ("is static", "declare a class that can be constructed");
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

        return Problem() is var (problem, advice)
            ? new(DiagnosticDescriptors.ModuleBase, module, module.Name, baseType.Short(), problem, advice)
            : null;

        (string Problem, string Advice)? Problem()
        {
            if (!baseType.IsModule())
            {
                return ("which is no module", "mark it [Module], or remove the base class and make what is shared a submodule");
            }

            if (baseType.Attribute("Module") is not null && ModuleBases.IsOfSameProject(baseType, module)
                && CheckClass(baseType).Any(f => f.IsError))
            {
                return ("whose other half cannot be generated", "see what is reported there");
            }

            if (!ModuleBases.HasBindingConstructor(baseType, module))
            {
                return ("which has no constructor that views can call",
                    $"add 'protected {baseType.Name}(ModuleBinding binding) : base(binding) {{ }}' to it");
            }

            if (ForwardRules.Valid(module) is { } forward && ModuleBases.Signature(baseType) is var (input, output)
                && (ModuleBases.Signature(forward).Input != input || !SymbolEqualityComparer.Default.Equals(forward.ReturnType, output)))
            {
                return ($"but its Forward makes it a Module<{InputOf(forward)}, {forward.ReturnType.Short()}>",
                    "give Forward the signature of the base, or remove the base class and make what is shared a submodule");
            }

            return null;
        }
    }

    private static string InputOf(IMethodSymbol forward) => forward.Parameters.Length switch
    {
        0 => "ValueTuple",
        1 => forward.Parameters[0].Type.Short(),
        _ => $"({string.Join(", ", forward.Parameters.Select(p => p.Type.Short()))})",
    };
}
