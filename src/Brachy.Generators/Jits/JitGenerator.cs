using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Writes the compiled counterparts of [Jit] methods.</summary>
[Generator]
public sealed class JitGenerator : IIncrementalGenerator
{
    internal const string Step = "Jits";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
        ProjectState.Models(context).SelectMany(static (models, _) => models.Jits).WithTrackingName(Step),
        static (output, model) =>
            output.AddFile(model.Scope with { FileName = model.FileName }, $".{model.Name}", () => JitEmitter.Emit(model)));
}
