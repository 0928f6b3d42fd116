using System.Linq;
using Microsoft.CodeAnalysis;

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
        var models = ProjectState.Models(context);
        context.RegisterSourceOutput(
            models.SelectMany(static (models, _) => models.Modules).WithTrackingName(Step),
            static (output, model) => output.AddFile(model.Scope, "", () => ModuleEmitter.Emit(model)));
        context.RegisterSourceOutput(
            models.SelectMany(static (models, _) => models.Faulty).WithTrackingName(FaultStep),
            static (output, model) => output.AddFile(model.Scope with { FileName = model.FileName }, "", model.Emit));

        // Only where there is something to report is it looked for again: lines move with every edit.
        var faults = models.Combine(context.CompilationProvider).SelectMany(static (pair, cancellation) => pair.Left.HasFaults
            ? GeneratorFaults.Of(ProjectFacts.Of(pair.Right, cancellation), pair.Left, cancellation).Select(f => f.ToInfo())
            : []);
        context.RegisterSourceOutput(faults, static (output, fault) => output.ReportDiagnostic(fault.ToDiagnostic()));
    }
}
