using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Reports uses of variables whose tensors a call before was given to reuse.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DonatedUseAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [DiagnosticDescriptors.DonatedUse];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationBlockStartAction(block =>
        {
            // In a trace a compiled function is inlined, and nothing is given away.
            if (TracedCode.Of(block.OwningSymbol) == TracedKind.Compiled)
            {
                return;
            }

            // A graph of the control flow is made for the few members that give something away.
            var donations = new ConcurrentDictionary<SyntaxNode, Donation>();
            block.RegisterOperationAction(
                operation =>
                {
                    var call = (IInvocationOperation)operation.Operation;
                    if (Donation.Of(call) is { } donation
                        && TracedCode.Around(call, operation.ContainingSymbol) != TracedKind.Compiled)
                    {
                        donations[call.Syntax] = donation;
                    }
                },
                OperationKind.Invocation);
            block.RegisterOperationBlockEndAction(end =>
            {
                if (donations.IsEmpty)
                {
                    return;
                }

                foreach (var body in end.OperationBlocks.Where(b => donations.Keys.Any(call => b.Syntax.Span.Contains(call.Span))))
                {
                    AnalyzeGraph(end.GetControlFlowGraph(body));
                }

                void AnalyzeGraph(ControlFlowGraph graph)
                {
                    new DonatedUses(graph, donations, end.OwningSymbol.ContainingType).Report(end.ReportDiagnostic);
                    foreach (var function in graph.LocalFunctions)
                    {
                        AnalyzeGraph(graph.GetLocalFunctionControlFlowGraph(function));
                    }

                    foreach (var lambda in graph.Blocks.SelectMany(b => b.Operations.Append(b.BranchValue)).Where(o => o is not null)
                        .SelectMany(o => o!.DescendantsAndSelf()).OfType<IFlowAnonymousFunctionOperation>())
                    {
                        AnalyzeGraph(graph.GetAnonymousFunctionControlFlowGraph(lambda));
                    }
                }
            });
        });
    }
}
