using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>Writes the other half of [Module] classes, and reports what keeps analyzers from running.</summary>
[Generator]
public sealed class ModuleGenerator : IIncrementalGenerator
{
    internal const string Step = "Modules";
    internal const string FaultStep = "FaultyModules";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var modules = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "Brachy.ModuleAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (syntax, _) => ModuleParser.Parse((INamedTypeSymbol)syntax.TargetSymbol, syntax.SemanticModel.Compilation))
            .WithTrackingName(Step);
        context.RegisterSourceOutput(modules, static (output, model) =>
        {
            if (model is not null)
            {
                output.AddSource($"{model.Scope.FileName}.g.cs", ModuleEmitter.Emit(model));
            }
        });

        var faulty = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "Brachy.ModuleAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (syntax, _) => FaultyProperties.Of((INamedTypeSymbol)syntax.TargetSymbol, syntax.SemanticModel.Compilation))
            .WithTrackingName(FaultStep);
        context.RegisterSourceOutput(faulty, static (output, model) =>
        {
            if (model is not null)
            {
                output.AddSource(model.FileName, model.Emit());
            }
        });

        ReportFaults(context);
    }

    private static void ReportFaults(IncrementalGeneratorInitializationContext context)
    {
        var faults = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "Brachy.ModuleAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (syntax, _) => GeneratorFaults.OfModule((INamedTypeSymbol)syntax.TargetSymbol, syntax.SemanticModel.Compilation))
            .SelectMany(static (faults, _) => faults);
        context.RegisterSourceOutput(faults, static (output, fault) => output.ReportDiagnostic(fault.ToDiagnostic()));

        foreach (var role in PropertyRoles.All)
        {
            var strays = context.SyntaxProvider.ForAttributeWithMetadataName(
                $"Brachy.{role}Attribute",
                static (node, _) => node is PropertyDeclarationSyntax,
                (syntax, _) => GeneratorFaults.OfProperty((IPropertySymbol)syntax.TargetSymbol, role)?.ToInfo());
            context.RegisterSourceOutput(strays, static (output, fault) =>
            {
                if (fault is not null)
                {
                    output.ReportDiagnostic(fault.ToDiagnostic());
                }
            });

            var bodies = context.SyntaxProvider.ForAttributeWithMetadataName(
                $"Brachy.{role}Attribute",
                static (node, _) => node is PropertyDeclarationSyntax,
                (syntax, _) => FaultyProperties.OfStray((IPropertySymbol)syntax.TargetSymbol, role));
            context.RegisterSourceOutput(bodies, static (output, model) =>
            {
                if (model is not null)
                {
                    output.AddSource(model.FileName, model.Emit());
                }
            });
        }
    }
}
