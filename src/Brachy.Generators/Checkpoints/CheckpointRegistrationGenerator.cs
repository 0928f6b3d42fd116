using Microsoft.CodeAnalysis;

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
    public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
        ProjectState.Models(context).Select(static (models, _) => models.Checkpoints).WithTrackingName(Step),
        static (output, statements) =>
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
