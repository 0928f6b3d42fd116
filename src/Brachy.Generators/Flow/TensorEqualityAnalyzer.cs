using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Reports comparisons that ask whether two tensors are the same object where their elements are meant.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TensorEqualityAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [DiagnosticDescriptors.TensorEquality];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(AnalyzeOperator, OperationKind.Binary);
        context.RegisterOperationAction(AnalyzeCall, OperationKind.Invocation);
    }

    private static void AnalyzeOperator(OperationAnalysisContext context)
    {
        var comparison = (IBinaryOperation)context.Operation;
        var isEqual = comparison.OperatorKind == BinaryOperatorKind.Equals;
        if (!(isEqual || comparison.OperatorKind == BinaryOperatorKind.NotEquals) || comparison.OperatorMethod is not null)
        {
            return;
        }

        // Asking for null, or comparing with what was made an object on purpose, is meant.
        var (left, right) = (Compared(comparison.LeftOperand), Compared(comparison.RightOperand));
        if (left.Type is { } type && right.Type is { } other && type.IsTensor() && other.IsTensor()
            && comparison.Syntax is BinaryExpressionSyntax syntax)
        {
            Report(context, syntax.OperatorToken.GetLocation(), syntax.OperatorToken.Text, isEqual ? "F.eq" : "F.ne");
        }
    }

    private static void AnalyzeCall(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod is not { Name: "Equals", ContainingType.SpecialType: SpecialType.System_Object } method)
        {
            return;
        }

        var compared = (call.Instance is null ? call.Arguments.Select(a => a.Value) : [call.Instance]).Select(Compared);
        if (compared.Any(c => c.Type is { } type && type.IsTensor())
            && !call.Arguments.Any(a => a.Value.ConstantValue is { HasValue: true, Value: null }))
        {
            var place =
                call.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } ? access.Name : call.Syntax;
            Report(context, place.GetLocation(), method.Name, "F.eq");
        }
    }

    private static void Report(OperationAnalysisContext context, Location location, string comparison, string function) =>
        context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.TensorEquality, location, comparison, function));

    private static IOperation Compared(IOperation operand) =>
        operand is IConversionOperation { IsImplicit: true, OperatorMethod: null } conversion ? Compared(conversion.Operand) : operand;
}
