using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Reports calls that go past what a module or a compiled method is for: Forward for Call, Step for StepJit.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModuleCallAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] s_testFrameworks =
        ["xunit", "nunit.framework", "Microsoft.VisualStudio.TestPlatform.TestFramework", "MSTest.TestFramework", "TUnit"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
        [DiagnosticDescriptors.ForwardForCall, DiagnosticDescriptors.EagerForCompiled];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            // Tests run a Forward by itself, and compare a compiled method with the method.
            var isTest = start.Compilation.ReferencedAssemblyNames.Any(a =>
                s_testFrameworks.Any(name => a.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase)));
            start.RegisterOperationAction(
                operation =>
                {
                    var call = (IInvocationOperation)operation.Operation;
                    AnalyzeForward(operation, call.TargetMethod, call.Instance, isTest);
                    if (!isTest)
                    {
                        AnalyzeJit(operation, call);
                    }
                },
                OperationKind.Invocation);
            start.RegisterOperationAction(
                operation =>
                {
                    var reference = (IMethodReferenceOperation)operation.Operation;
                    AnalyzeForward(operation, reference.Method, reference.Instance, isTest);
                },
                OperationKind.MethodReference);
        });
    }

    private static void AnalyzeForward(OperationAnalysisContext context, IMethodSymbol method, IOperation? module, bool isTest)
    {
        if (method is not { Name: "Forward", IsStatic: false } || !method.ContainingType.IsModule()
            || module is null or IInstanceReferenceOperation
            || (isTest && context.ContainingSymbol.ContainingType?.IsModule() != true)
            || (IsBound(module) && IsApplyFunction(context)))
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(
            DiagnosticDescriptors.ForwardForCall, NameOf(context.Operation.Syntax).GetLocation(),
            module.Syntax.ToString().Split('\n')[0].TrimEnd(), method.ContainingType.Name));
    }

    private static void AnalyzeJit(OperationAnalysisContext context, IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (!method.IsStatic || method.ContainingType is not { } type || method.Attribute("Jit") is null
            || InterceptorRules.IsWanted(method)
            || type.GetMembers(method.Name + "Jit").IsEmpty || TracedCode.Around(call, context.ContainingSymbol) != TracedKind.None
            || CallsBoth(call.Syntax, method.Name + "Jit"))
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(
            DiagnosticDescriptors.EagerForCompiled, NameOf(call.Syntax).GetLocation(), method.Name));
    }

    /// <summary>Whether the member around a call also has the compiled method, so that the difference is meant.</summary>
    private static bool CallsBoth(SyntaxNode call, string compiled) =>
        call.Ancestors().OfType<MemberDeclarationSyntax>().FirstOrDefault()?.DescendantTokens().Any(t => t.ValueText == compiled) == true;

    private static bool IsBound(IOperation module) => module switch
    {
        IInvocationOperation { TargetMethod: { Name: "Bind", IsStatic: true } } => true,
        ILocalReferenceOperation { Local: var local } =>
            local.Declaration() is VariableDeclaratorSyntax
            {
                Initializer.Value: InvocationExpressionSyntax
                {
                    Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Bind" },
                }
            },
        _ => false,
    };

    /// <summary>Whether the code is what a node computes: there, Call would call itself.</summary>
    private static bool IsApplyFunction(OperationAnalysisContext context)
    {
        for (var outer = context.Operation.Parent; outer is not null; outer = outer.Parent)
        {
            switch (outer)
            {
                case IAnonymousFunctionOperation lambda:
                    return TakesNode(lambda.Symbol)
                        && (TracedCode.CallWith(lambda) is not { } call || TracedCode.Of(call) == TracedKind.None);
                case ILocalFunctionOperation local:
                    return TakesNode(local.Symbol);
                default:
                    break;
            }
        }

        return context.ContainingSymbol is IMethodSymbol method && method.Attribute("Jit") is null && TakesNode(method);
    }

    private static bool TakesNode(IMethodSymbol method) => method.Parameters.Length >= 2
        && method.Parameters[0].Type.IsStructureTree() && method.Parameters[1].Type.IsBrachy("GlobalConfig");

    private static SyntaxNode NameOf(SyntaxNode call) => call switch
    {
        InvocationExpressionSyntax invocation => NameOf(invocation.Expression),
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => call,
    };
}
