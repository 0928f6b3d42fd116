using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Writes the handlers of [Tree] types.</summary>
[Generator]
public sealed class TreeGenerator : IIncrementalGenerator
{
    internal const string Step = "Trees";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
        ProjectState.Models(context).SelectMany(static (models, _) => models.Trees).WithTrackingName(Step),
        static (output, model) => output.AddFile(model.Scope, "", () => TreeEmitter.Emit(model)));
}
