using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>A value that a call of a transform takes apart.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsCompiled">Whether it is an argument of a compiled function, so that its static part is in the compile key.</param>
internal sealed record TransformedValue(string Name, ITypeSymbol Type, bool IsCompiled);

/// <summary>A call of a generic method that takes values of its type arguments apart.</summary>
internal static class TransformCall
{
    public static IEnumerable<TransformedValue> Values(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (!TransformCalls.IsTransform(method))
        {
            yield break;
        }

        var names = FunctionOf(call)?.Parameters.Select(p => p.Name).ToArray() ?? [];
        var isCompile = method.ContainingType.Name == "Jit";
        for (var i = 0; i < method.TypeArguments.Length; i++)
        {
            var isResult = method.TypeParameters[i].Name is "TResult" or "TAux";
            // The other arguments of these are only passed on.
            if (method.Name is not ("TreeValueAndGrad" or "StateValueAndGrad") || isResult)
            {
                var name = isResult ? "result" : i < names.Length ? names[i] : method.Parameters[0].Name;
                yield return new TransformedValue(name, method.TypeArguments[i], isCompile && !isResult);
            }
        }
    }

    public static Location LocationOf(IInvocationOperation call) =>
        call.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } }
            ? name.Identifier.GetLocation()
            : call.Syntax.GetLocation();

    private static IMethodSymbol? FunctionOf(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value is IDelegateCreationOperation creation
            ? creation.Target switch
            {
                IAnonymousFunctionOperation lambda => lambda.Symbol,
                IMethodReferenceOperation reference => reference.Method,
                _ => null,
            }
            : null;
}
