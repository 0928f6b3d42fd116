using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>
/// Writes one file per project that makes its modules and the enums of their static values known to checkpoints, which name them.
/// </summary>
[Generator]
public sealed class CheckpointRegistrationGenerator : IIncrementalGenerator
{
    internal const string Step = "CheckpointRegistrations";
    internal const string FileName = "Brachy.CheckpointRegistration.g.cs";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var registrations = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "Brachy.ModuleAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (syntax, _) => Registrations((INamedTypeSymbol)syntax.TargetSymbol).ToEquatableArray())
            .SelectMany(static (statements, _) => statements)
            .Collect()
            .Select(static (statements, _) => EquatableArray.Merge(statements))
            .WithTrackingName(Step);
        context.RegisterSourceOutput(registrations, static (output, statements) =>
        {
            if (statements.Count > 0)
            {
                output.AddSource(FileName, RegistrationEmitter.Emit(
                    "[Module] classes",
                    "Makes this project's modules, and the enums of their static values, known to checkpoints by name.",
                    "CheckpointRegistration",
                    statements));
            }
        });
    }

    private static IEnumerable<string> Registrations(INamedTypeSymbol module)
    {
        // A name stands for one function: types that others differ from by type arguments have none.
        if (!HandlerExpression.CanBeNamed(module) || IsGeneric(module) || ModuleRules.CheckClass(module).Any(f => f.IsError))
        {
            yield break;
        }

        if (!module.IsAbstract && ForwardRules.Valid(module) is not null)
        {
            yield return $"global::Brachy.CompilerServices.ModuleRegistry.Register({TypeNames.Quoted(TypeScope.Of(module).DisplayName)}, "
                + $"static () => {module.Full()}.ApplyFunction);";
        }

        // Inherited ones too: those of a generic base are known here alone.
        var statics = ModuleBases.Generated(module).SelectMany(ModuleRules.Properties)
            .Where(p => PropertyRoles.Of(p) == PropertyRole.Static);
        foreach (var type in statics.Select(p => Element(p.Type)))
        {
            if (type.TypeKind == TypeKind.Enum && HandlerExpression.CanBeNamed(type))
            {
                yield return $"global::Brachy.IO.AuxCodec.RegisterEnum<{type.Full()}>({TypeNames.Quoted(((INamedTypeSymbol)type).Dotted())}"
                    + ");";
            }
        }
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
