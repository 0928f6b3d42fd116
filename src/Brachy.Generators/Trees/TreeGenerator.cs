using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>Writes the handlers of [Tree] types.</summary>
[Generator]
public sealed class TreeGenerator : IIncrementalGenerator
{
    internal const string Step = "Trees";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var trees = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "Brachy.TreeAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (syntax, _) => TreeParser.Parse((INamedTypeSymbol)syntax.TargetSymbol))
            .WithTrackingName(Step);
        context.RegisterSourceOutput(trees, static (output, model) =>
        {
            if (model is not null)
            {
                output.AddSource($"{model.Scope.FileName}.g.cs", TreeEmitter.Emit(model));
            }
        });
    }
}
