using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>Writes the other half of [Module] classes.</summary>
[Generator]
public sealed class ModuleGenerator : IIncrementalGenerator
{
    internal const string Step = "Modules";

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
    }
}
