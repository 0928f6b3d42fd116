using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>The statements that make a module, and the enums of its static values, known to checkpoints.</summary>
internal static class CheckpointRegistrations
{
    public static List<string> Of(INamedTypeSymbol module)
    {
        var all = new List<string>();

        // A name stands for one function: types that others differ from by type arguments have none.
        if (!HandlerExpression.CanBeNamed(module) || IsGeneric(module) || ModuleRules.CheckClass(module).Any(f => f.IsError))
        {
            return all;
        }

        if (!module.IsAbstract && ForwardRules.Valid(module) is not null)
        {
            all.Add($"global::Brachy.CompilerServices.ModuleRegistry.Register({TypeNames.Quoted(TypeScope.Of(module).DisplayName)}, "
                + $"static () => {module.Full()}.ApplyFunction);");
        }

        // Inherited ones too: those of a generic base are known here alone.
        var statics = ModuleBases.Generated(module).SelectMany(ModuleRules.Properties)
            .Where(p => PropertyRoles.Of(p) == PropertyRole.Static);
        foreach (var type in statics.Select(p => Element(p.Type)))
        {
            if (type.TypeKind == TypeKind.Enum && HandlerExpression.CanBeNamed(type))
            {
                all.Add($"global::Brachy.IO.AuxCodec.RegisterEnum<{type.Full()}>({TypeNames.Quoted(((INamedTypeSymbol)type).Dotted())}"
                    + ");");
            }
        }

        return all;
    }

    private static bool IsGeneric(INamedTypeSymbol type) => type.IsGenericType || (type.ContainingType is { } outer && IsGeneric(outer));

    /// <summary>What an array, a list or a nullable value holds.</summary>
    private static ITypeSymbol Element(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { TypeArguments.Length: 1 } wrapping => wrapping.TypeArguments[0],
        _ => type,
    };
}
