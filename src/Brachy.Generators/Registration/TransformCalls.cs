using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>Finds calls of generic methods of the runtime that take values of their type arguments apart.</summary>
internal static class TransformCalls
{
    /// <summary>Names to look at before the far costlier question which method is called.</summary>
    private static readonly HashSet<string> s_names =
    [
        "Compile", "ValueAndGrad", "TreeValueAndGrad", "StateValueAndGrad", "Of", "Keep", "Step", "Cond", "Switch", "While", "Scan",
        "AssociativeScan", "FromFunc", "Jvp", "Linearize", "Pullback", "HessianVectorProduct", "PerSample", "JacobianForward",
        "JacobianReverse", "Hessian",
        "Checkpoint", "For", "Apply", "BindModule", "IsTraceable", "StopGradient", "Create", "OfTensors", "Stack", "Onnx", "TorchScript",
    ];

    public static bool IsCandidate(SyntaxNode node) =>
        node is InvocationExpressionSyntax call && NameOf(call) is { } name && s_names.Contains(name.Identifier.ValueText)

        // Every module has a method of that name too; the runtime's is called with type arguments.
        && (name.Identifier.ValueText != "Apply" || name is GenericNameSyntax)

        // The most usual of all calls: an optimizer's step without an aux value, so without a type argument.
        && (name.Identifier.ValueText != "Step" || name is GenericNameSyntax
            || !call.ArgumentList.Arguments.Any(a => GivesPairs(a.Expression)))
        && (call.Expression != name || IsUsable(name));

    /// <summary>The name of what is called, in <c>a.B(…)</c>, <c>a?.B(…)</c> or <c>B(…)</c>.</summary>
    public static SimpleNameSyntax? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };

    /// <summary>
    /// Whether a name alone may be a transform's: some no one else has, and others need a <c>using static</c> of the file.
    /// </summary>
    private static bool IsUsable(SimpleNameSyntax name) =>
        name.Identifier.ValueText is "Compile" or "ValueAndGrad" or "TreeValueAndGrad" or "StateValueAndGrad" or "Jvp" or "Linearize"
            or "HessianVectorProduct"
        || name.AncestorsAndSelf().Any(around => around switch
        {
            CompilationUnitSyntax unit => unit.Usings,
            BaseNamespaceDeclarationSyntax space => space.Usings,
            _ => default,
        } is var usings && usings.Any(u => !u.StaticKeyword.IsKind(SyntaxKind.None)));

    /// <summary>Whether a lambda gives nothing but pairs, by its form.</summary>
    private static bool GivesPairs(ExpressionSyntax argument)
    {
        if (argument is not AnonymousFunctionExpressionSyntax function)
        {
            return false;
        }

        var results = function.ExpressionBody is { } result ? [result]
            : function.Block!.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
                .OfType<ReturnStatementSyntax>().Select(statement => statement.Expression).ToArray();
        return results.Length > 0 && results.All(r => r is TupleExpressionSyntax { Arguments.Count: 2 });
    }

    public static EquatableArray<string> Registrations(
        InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellation) =>
        TypesOf(call, model, cancellation).SelectMany(HandlerRegistration.Of).Distinct().ToEquatableArray();

    /// <summary>The types whose values a call takes apart; none for other calls.</summary>
    public static IEnumerable<ITypeSymbol> TypesOf(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellation) =>
        Called(call, model.GetSymbolInfo(call, cancellation)) switch
        {
            IMethodSymbol method when IsOfRuntime(method.ContainingType) =>
                method.TypeArguments.Concat(method.ContainingType.TypeArguments),

            // The elements of a list are not taken apart, only what is made of them.
            IMethodSymbol method when IsOfPackage(method.ContainingType) => method.TypeArguments,
            _ => [],
        };

    /// <summary>
    /// What is called; where an argument needs code that is yet to be generated, the one method that the type arguments fit.
    /// </summary>
    private static ISymbol? Called(InvocationExpressionSyntax call, SymbolInfo found) => found.Symbol
        ?? (found.CandidateSymbols.Length == 1 && NameOf(call) is GenericNameSyntax
            ? found.CandidateSymbols[0]
            : null);

    /// <summary>Whether the method is one of those that take values of their type arguments apart.</summary>
    public static bool IsTransform(IMethodSymbol method) =>
        method is
    {
        IsGenericMethod: true,
        ContainingType.Name: "Jit" or "Grad" or "Vmap" or "Control" or "Optimizer" or "TensorScopeKeep" or "LiftedTransform"
            or "LiftedGradient"
            or "LiftedValueAndGradient",
        Name: not "Create",
    }
        or { IsGenericMethod: true, ContainingType.Name: "CustomVjp" or "CustomJvp", Name: "Create" }
        && s_names.Contains(method.Name) && IsOfRuntime(method.ContainingType)
        || (method is { ContainingType.Name: "Batches", Name: "OfTensors" } or { ContainingType.Name: "BatchRows", Name: "Stack" }
            && IsOfPackage(method.ContainingType));

    public static bool IsRegistration(IMethodSymbol method) =>
        method is { Name: "Register", ContainingType.Name: "TreeHandler", TypeArguments.Length: 1 } && IsOfRuntime(method.ContainingType);

    /// <summary>Whether the type is one of the packages whose methods take values apart as the runtime's do.</summary>
    private static bool IsOfPackage(INamedTypeSymbol type) =>
        type.ContainingAssembly?.Name is BrachyTypes.DataAssembly or BrachyTypes.ExportAssembly;

    private static bool IsOfRuntime(INamedTypeSymbol type) =>
        type.ContainingAssembly?.Name == BrachyTypes.RuntimeAssembly && type.ContainingNamespace.ToDisplayString() is var name
        && (name == BrachyTypes.Namespace || name.StartsWith(BrachyTypes.Namespace + ".", System.StringComparison.Ordinal));
}
