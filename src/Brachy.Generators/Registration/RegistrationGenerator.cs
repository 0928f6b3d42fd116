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
        var declared = ProjectState.Models(context).Select(static (models, _) => models.Registrations);
        var called = CodeState.Of(context)
            .Select(static (code, cancellation) => code.Select((node, model) => node is InvocationExpressionSyntax call
                ? TransformCalls.Registrations(call, model, cancellation)
                : EquatableArray<string>.Empty).ToEquatableArray())
            .WithTrackingName(CodeState.BindStep)
            .SelectMany(static (registrations, _) => registrations);
        var all = declared.Combine(called.Collect())
            .Select(static (parts, _) => EquatableArray.Sorted(parts.Left.Concat(parts.Right)))
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
