using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Reports members that Forward writes although the next call does not see it, or is traced anew because of it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForwardWriteAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [DiagnosticDescriptors.WrittenInForward, DiagnosticDescriptors.StaticWrittenInForward];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(
            Analyze, OperationKind.SimpleAssignment, OperationKind.CompoundAssignment, OperationKind.CoalesceAssignment,
            OperationKind.DeconstructionAssignment, OperationKind.Increment, OperationKind.Decrement);
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        if (context.ContainingSymbol is not IMethodSymbol { Name: "Forward", IsStatic: false } method
            || method.ContainingType.Attribute("Module") is null)
        {
            return;
        }

        var target = context.Operation switch
        {
            IAssignmentOperation assignment => assignment.Target,
            IIncrementOrDecrementOperation step => step.Target,
            _ => null,
        };
        foreach (var written in target is ITupleOperation tuple ? tuple.Elements : [.. new[] { target }.OfType<IOperation>()])
        {
            if (written is IMemberReferenceOperation
                {
                    Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance },
                    Member: var member
                }
                && DescriptorOf(member) is { } descriptor)
            {
                context.ReportDiagnostic(new Fault(descriptor, written.Syntax.GetLocation(), member.Name).ToDiagnostic());
            }
        }
    }

    private static DiagnosticDescriptor? DescriptorOf(ISymbol member) => member switch
    {
        IFieldSymbol { IsStatic: false } => DiagnosticDescriptors.WrittenInForward,
        IPropertySymbol property when PropertyRoles.Of(property) == PropertyRole.Static => DiagnosticDescriptors.StaticWrittenInForward,
        IPropertySymbol property when PropertyRoles.Of(property) == PropertyRole.None && PropertyRoles.IsAuto(property) =>
            DiagnosticDescriptors.WrittenInForward,
        _ => null,
    };
}
