using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Reports values that calls such as <c>Jit.Compile</c> and <c>Grad.Of</c> cannot take apart, or cannot compare.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TransformCallAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
    [
        DiagnosticDescriptors.JitRetraces,
        DiagnosticDescriptors.NotATree,
        DiagnosticDescriptors.ModuleAsValue,
        DiagnosticDescriptors.NoHandler,
        DiagnosticDescriptors.StaticArgument,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var registrations = new GeneratedRegistrations(start.Compilation, start.CancellationToken);
            var registered = new ConcurrentBag<string>();
            var unhandled = new ConcurrentBag<(string Type, Fault Fault)>();
            start.RegisterOperationAction(
                operation =>
                {
                    var call = (IInvocationOperation)operation.Operation;
                    if (TransformCalls.IsRegistration(call.TargetMethod))
                    {
                        registered.Add(call.TargetMethod.TypeArguments[0].Key());
                    }

                    foreach (var value in TransformCall.Values(call))
                    {
                        Analyze(operation, value, TransformCall.LocationOf(call), registrations, unhandled);
                    }
                },
                OperationKind.Invocation);
            start.RegisterCompilationEndAction(end =>
            {
                // A registration may come after the call.
                var handled = new HashSet<string>(registered);
                foreach (var (_, fault) in unhandled.Where(u => !handled.Contains(u.Type)))
                {
                    end.ReportDiagnostic(fault.ToDiagnostic());
                }
            });
        });
    }

    private static void Analyze(
        OperationAnalysisContext context, TransformedValue value, Location location, GeneratedRegistrations registrations,
        ConcurrentBag<(string Type, Fault Fault)> unhandled)
    {
        var type = value.Type;
        if (type.Mentions(t => t.TypeKind is TypeKind.TypeParameter or TypeKind.Error) || registrations.AreHandwritten(type))
        {
            return;
        }

        var faults = TransformCallRules.Check(value, location).ToArray();
        foreach (var fault in faults)
        {
            context.ReportDiagnostic(fault.ToDiagnostic());
        }

        if (!faults.Any(f => f.IsError) && !HandlerRegistration.IsBuiltIn(type) && !registrations.Contain(type))
        {
            unhandled.Add((type.Key(), TransformCallRules.NoHandler(value, location)));
        }
    }
}
