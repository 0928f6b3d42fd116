using System;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>
/// Reports a layer that is given more or fewer features than it was built for, where both are constants: inside a
/// <c>Sequential</c>, and from call to call in the <c>Forward</c> of a module.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerSizeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [DiagnosticDescriptors.LayerSizes];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Brachy.NN.Sequential") is null)
            {
                return;
            }

            start.RegisterOperationAction(CheckSequential, OperationKind.ObjectCreation);
            start.RegisterSymbolStartAction(CheckModule, SymbolKind.NamedType);
        });
    }

    private static void CheckSequential(OperationAnalysisContext context)
    {
        Features? features = null;
        foreach (var item in LayerSizes.Layers((IObjectCreationOperation)context.Operation))
        {
            var layer = LayerSizes.Of(item, LayerSizes.NameOf(item));
            if (features is { } input && layer?.Refuses(input) == true)
            {
                Report(context.ReportDiagnostic, item, layer, input);
            }

            features = layer?.After(features);
        }
    }

    private static void CheckModule(SymbolStartAnalysisContext context)
    {
        if (!((INamedTypeSymbol)context.Symbol).IsModule())
        {
            return;
        }

        var assigned = new ConcurrentBag<(IPropertySymbol Property, LayerSizes? Layer)>();
        var forwards = new ConcurrentBag<ImmutableArray<IOperation>>();
        context.RegisterOperationAction(
            operation =>
            {
                var assignment = (ISimpleAssignmentOperation)operation.Operation;
                if (assignment.Target is IPropertyReferenceOperation { Property: var property })
                {
                    // Built anywhere else than in a constructor, it is not what every instance has.
                    var isInConstructor = operation.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor };
                    assigned.Add((property, isInConstructor ? LayerSizes.Of(assignment.Value, property.Name) : null));
                }
            },
            OperationKind.SimpleAssignment);
        context.RegisterOperationBlockAction(block =>
        {
            if (block.OwningSymbol is IMethodSymbol { Name: "Forward", IsStatic: false })
            {
                forwards.Add(block.OperationBlocks);
            }
        });
        context.RegisterSymbolEndAction(end =>
        {
            var layers = assigned
                .GroupBy(pair => pair.Property, pair => pair.Layer, SymbolEqualityComparer.Default)
                .Where(group => group.All(layer => layer is not null && layer == group.First()))
                .ToDictionary(group => group.Key!, group => group.First()!, SymbolEqualityComparer.Default);
            foreach (var body in forwards)
            {
                var flow = new FeatureFlow(
                    property => layers.TryGetValue(property, out var layer) ? layer : null,
                    (call, layer, input) => Report(end.ReportDiagnostic, call, layer, input));
                foreach (var operation in body)
                {
                    flow.Visit(operation);
                }
            }
        });
    }

    private static void Report(Action<Diagnostic> report, IOperation place, LayerSizes layer, Features input)
    {
        var takes = layer.Takes!.Value;
        report(Diagnostic.Create(
            DiagnosticDescriptors.LayerSizes, place.Syntax.GetLocation(), takes.Layer, takes.Size,
            takes.Dim == FeatureDim.Last ? "features in the last dim" : "channels", input.Layer, input.Size));
    }
}
