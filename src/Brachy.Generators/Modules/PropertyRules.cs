using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>What must hold for a property of a module.</summary>
internal static class PropertyRules
{
    /// <summary>What to do about something that holds modules.</summary>
    public const string ManyModules = "use a partial property for each module, or one partial property of type Sequential or ModuleList";

    private static readonly ConditionalWeakTable<Compilation, SymbolMemo<IPropertySymbol, Fault[]>> s_faults = new();

    public static IReadOnlyList<Fault> Check(IPropertySymbol property, Compilation compilation) => s_faults
        .GetValue(compilation, static known => Memo(new(known)))
        .Of(property);

    // The memo belongs to the compilation, and is not to keep it.
    private static SymbolMemo<IPropertySymbol, Fault[]> Memo(WeakReference<Compilation> compilation) => new(property =>
        compilation.TryGetTarget(out var known)
            ? [.. Find(property, known)]
            : throw new InvalidOperationException("The compilation is gone."));

    private static IEnumerable<Fault> Find(IPropertySymbol property, Compilation compilation)
    {
        var marked = PropertyRoles.Marked(property);
        var role = PropertyRoles.Of(property);
        if (marked.Length > 1)
        {
            return [new(
                DiagnosticDescriptors.SeveralAttributes, property, property.Name, string.Join(" and ", marked.Select(m => $"[{m}]")))];
        }

        if (role == PropertyRole.None)
        {
            return PropertyRoles.IsLeftToGenerator(property)
                ? [new(DiagnosticDescriptors.PropertyWithoutRole, property, property.Name, property.Type.Short(),
                    property.Type is ITypeParameterSymbol
                        ? $"say 'where {property.Type.Name} : Module<TInput, TOutput>, IModule<{property.Type.Name}>' for a submodule, "
                            + "mark it [Static], or write its body"
                        : TreeAdvice(property.Type, "mark it [Param], [Buffer], [Static] or [Config], or write its body"))]
                : [];
        }

        if (PropertyRoles.UnsupportedModifier(property) is { } modifier)
        {
            return [new(DiagnosticDescriptors.PropertyModifier, property, property.Name, modifier,
                modifier == "new" && InheritedNames.Has(property.Name, compilation)
                    ? "give it another name, since every module has a member of this one"
                    : $"remove '{modifier}'")];
        }

        if (!property.IsPartialDefinition)
        {
            return [new(DiagnosticDescriptors.PropertyNotPartial, property, property.Name)];
        }

        if (PropertyRoles.IsLeftToGenerator(property) && PropertyRoles.Syntax(property)?.Initializer is { } initializer)
        {
            var (place, advice) = role == PropertyRole.Config
                ? ("in the config that the whole model shares", $"write the value as [Config(…, Default = {initializer.Value})]")
                : ("in the tree, and views of it would run the initializer again", "assign it in the constructor");
            return [new(DiagnosticDescriptors.PropertyInitializer, initializer.Value.GetLocation(), property.Name, place, advice)];
        }

        return (CheckType(property, role, compilation) ?? CheckKey(property, role)) is { } fault ? [fault] : [];
    }

    /// <summary>What is reported for a property with the name of a member that every module has.</summary>
    public static Fault? CheckName(IPropertySymbol property, Compilation compilation)
    {
        var role = PropertyRoles.Of(property);
        return role != PropertyRole.None && !property.IsOverride && PropertyRoles.UnsupportedModifier(property) is null
            && InheritedNames.Has(property.Name, compilation) && !GeneratedNames.IsOfModule(property.ContainingType, property.Name)
                ? new(DiagnosticDescriptors.InheritedName, property, property.Name, role, PropertyRoles.Key(property, role))
                : null;
    }

    /// <summary>Keys of the tree are parts of paths; those of static values and settings only need to be there.</summary>
    private static Fault? CheckKey(IPropertySymbol property, PropertyRole role)
    {
        var key = PropertyRoles.Key(property, role);
        if (key.Length == 0)
        {
            return new(DiagnosticDescriptors.IllegalKey, Place(), property.Name, key, "a key cannot be empty",
                $"write \"{SnakeCase.Of(property.Name)}\" or another name");
        }

        return key.IndexOf('.') >= 0 && role is (PropertyRole.Param or PropertyRole.Buffer or PropertyRole.Submodule)
            ? new(DiagnosticDescriptors.IllegalKey, Place(), property.Name, key, "'.' separates the keys of a path",
                $"write \"{key.Replace('.', '_')}\", or keep it in a submodule")
            : null;

        Location Place() => PropertyRoles.KeyLocation(property, role) ?? property.Locations.FirstOrDefault() ?? Location.None;
    }

    private static Fault? CheckType(IPropertySymbol property, PropertyRole role, Compilation compilation) => role switch
    {
        PropertyRole.Param or PropertyRole.Buffer => CheckTensor(property, role),
        PropertyRole.Static => CheckStatic(property),
        PropertyRole.Config => CheckConfig(property, compilation),
        _ => CanBind(property.Type)
            ? null
            : new(DiagnosticDescriptors.SubmoduleType, property, property.Name, property.Type.Short(),
                property.Type.IsAbstract && property.Type.Attribute("Module") is not null
                    ? "is abstract"
                    : "has no Bind(StructureTree, GlobalConfig)",
                property.Type is ITypeParameterSymbol
                    ? $"add 'IModule<{property.Type.Name}>' to its constraints"
                    : "use a [Module] class or Module<TInput, TOutput>"),
    };

    /// <summary>What to do about a value that should be in the tree: a collection of modules cannot be.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="advice">For values that are no modules and hold none.</param>
    public static string TreeAdvice(ITypeSymbol type, string advice) => type.Mentions(BrachyTypes.IsModule)
        ? ManyModules
        : advice;

    private static Fault? CheckStatic(IPropertySymbol property)
    {
        var type = property.Type;
        if (type.HoldsTensors())
        {
            return new(DiagnosticDescriptors.StaticHoldsTensors, property, property.Name, type.Short(),
                type.IsModule() ? "remove the attribute, and it is a submodule"
                : TreeAdvice(type, ValueRules.StaticAdvice(type, "use [Param] or [Buffer]")));
        }

        return StaticContentCheck.Problem(type) is var (problem, reason)
            ? new(DiagnosticDescriptors.StaticProperty, property, property.Name, problem.Short(), reason)
            : null;
    }

    private static Fault? CheckTensor(IPropertySymbol property, PropertyRole role)
    {
        var type = property.Type;
        var isBuffer = role == PropertyRole.Buffer;
        return type.IsTensor() || type.IsStructureTree() || type.IsTreeValue() || (isBuffer && type.IsRngKey())
            ? null
            : new(DiagnosticDescriptors.NotATensor, property, property.Name, role, isBuffer ? ", RngKey" : "", type.Short(),
                type.HoldsTensors()
                    ? "declare it TreeValue, which also holds lists and dictionaries of tensors" : "use [Static] for configuration");
    }

    private static Fault? CheckConfig(IPropertySymbol property, Compilation compilation)
    {
        if (property.SetMethod is not null)
        {
            return new(DiagnosticDescriptors.ConfigSetter, property, property.Name);
        }

        return property.Attribute("Config")!.Given("Default") is not { } value || Fits(value, property.Type, compilation)
            ? null
            : new(DiagnosticDescriptors.ConfigDefault, property, property.Name,
                value.Kind == TypedConstantKind.Array ? "an array"
                    : value.Value is { } constant ? Literals.Of(constant, value.Type!)
                    : "null",
                property.Type.Short());
    }

    private static bool Fits(TypedConstant value, ITypeSymbol type, Compilation compilation)
    {
        if (value.Kind == TypedConstantKind.Array)
        {
            return false;
        }

        if (value.IsNull)
        {
            return type is { IsReferenceType: true, NullableAnnotation: not NullableAnnotation.NotAnnotated }
                || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        }

        var conversion = compilation.ClassifyCommonConversion(value.Type!, type);
        return conversion.IsIdentity || (conversion.IsImplicit && !conversion.IsUserDefined)
            || (conversion.IsNumeric && value.Type!.TypeKind != TypeKind.Enum && type.TypeKind != TypeKind.Enum
                && IsInRange(value.Value!, type.SpecialType));
    }

    /// <summary>Whether a conversion of a constant keeps what it says: no whole number is made of a part of one.</summary>
    private static bool IsInRange(object value, SpecialType type)
    {
        if (type is SpecialType.System_Single or SpecialType.System_Double)
        {
            return type == SpecialType.System_Double || value is not double real || double.IsInfinity(real)
                || !double.IsInfinity((float)real);
        }

        if (value is float or double)
        {
            var real = System.Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture);
            if (real != Math.Floor(real) || Math.Abs(real) > 1e19)
            {
                return false;
            }
        }

        var number = System.Convert.ToDecimal(value, System.Globalization.CultureInfo.InvariantCulture);
        return type switch
        {
            SpecialType.System_Byte => number is >= byte.MinValue and <= byte.MaxValue,
            SpecialType.System_SByte => number is >= sbyte.MinValue and <= sbyte.MaxValue,
            SpecialType.System_Int16 => number is >= short.MinValue and <= short.MaxValue,
            SpecialType.System_UInt16 or SpecialType.System_Char => number is >= ushort.MinValue and <= ushort.MaxValue,
            SpecialType.System_Int32 => number is >= int.MinValue and <= int.MaxValue,
            SpecialType.System_UInt32 => number is >= uint.MinValue and <= uint.MaxValue,
            SpecialType.System_Int64 => number is >= long.MinValue and <= long.MaxValue,
            SpecialType.System_UInt64 => number is >= ulong.MinValue and <= ulong.MaxValue,
            _ => true,
        };
    }

    /// <summary>Whether views of the type can be made: the generator writes Bind for modules of the same project.</summary>
    private static bool CanBind(ITypeSymbol type) =>
        type is ITypeParameterSymbol parameter ? parameter.IsModuleOfItself()
        : (type.Attribute("Module") is not null && !type.IsAbstract)
        || (type.IsModule() && type.GetMembers("Bind").Concat(type.BaseType?.GetMembers("Bind") ?? []).OfType<IMethodSymbol>().Any(m =>
            m.IsStatic && m.Parameters.Length == 2 && m.Parameters[0].Type.IsStructureTree()
            && m.Parameters[1].Type.IsBrachy("GlobalConfig")
            && SymbolEqualityComparer.Default.Equals(m.ReturnType, type)));
}
