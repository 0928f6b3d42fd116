using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>
/// Writes one file per project that makes known to transforms how to take apart its [Tree] types, the inputs and outputs
/// of its modules, and the types it passes to transforms.
/// </summary>
[Generator]
public sealed class RegistrationGenerator : IIncrementalGenerator
{
    internal const string Step = "Registrations";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var trees = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "Brachy.TreeAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (syntax, _) => TreeParser.Parse((INamedTypeSymbol)syntax.TargetSymbol)?.Registration ?? "")
            .Where(static registration => registration.Length > 0);
        var modules = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "Brachy.ModuleAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (syntax, _) =>
                    ModuleParser.Parse((INamedTypeSymbol)syntax.TargetSymbol, syntax.SemanticModel.Compilation)?.Forward?.Registrations
                        ?? EquatableArray<string>.Empty)
            .SelectMany(static (registrations, _) => registrations);
        var calls = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => TransformCalls.IsCandidate(node),
                static (syntax, cancellation) =>
                    TransformCalls.Registrations((InvocationExpressionSyntax)syntax.Node, syntax.SemanticModel, cancellation))
            .SelectMany(static (registrations, _) => registrations);

        var all = trees.Collect().Combine(modules.Collect()).Combine(calls.Collect())
            .Select(static (parts, _) => EquatableArray.Merge(parts.Left.Left, parts.Left.Right, parts.Right))
            .WithTrackingName(Step);
        context.RegisterSourceOutput(all, static (output, registrations) =>
        {
            if (registrations.Count > 0)
            {
                output.AddSource(GeneratedRegistrations.FileName, RegistrationEmitter.Emit(
                    "[Tree] types, modules and calls of transforms",
                    "Makes known to transforms how to take this project's types apart.",
                    "TreeRegistration",
                    registrations.Select(registration => $"{HandlerExpression.Class}.Register({registration});")));
            }
        });
    }
}
