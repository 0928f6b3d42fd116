using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>Writes the compiled counterparts of [Jit] methods.</summary>
[Generator]
public sealed class JitGenerator : IIncrementalGenerator
{
    internal const string Step = "Jits";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var methods = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "Brachy.JitAttribute",
                static (node, _) => node is MethodDeclarationSyntax,
                static (syntax, _) => JitParser.Parse((IMethodSymbol)syntax.TargetSymbol))
            .WithTrackingName(Step);
        context.RegisterSourceOutput(methods, static (output, model) =>
        {
            if (model is not null)
            {
                output.AddSource($"{model.Scope.FileName}.{model.Name}Jit.g.cs", JitEmitter.Emit(model));
            }
        });
    }
}
