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
        var isCompile = method.ContainingType.Name is "Jit"
            || method.ContainingType.Name.StartsWith("Lifted", System.StringComparison.Ordinal);
        var (isStatic, isStaticResult) = (StaticArguments(call), Given(call, "staticReturns") is not null);
        for (var i = 0; i < method.TypeArguments.Length; i++)
        {
            var isResult = method.TypeParameters[i].Name is "TResult" or "TAux" or "TRow";
            if (isResult ? isStaticResult : isStatic(i))
            {
                continue;
            }

            // The other arguments of these are only passed on.
            if (method.Name is not ("TreeValueAndGrad" or "StateValueAndGrad") || isResult)
            {
                var name = isResult ? "result" : i < names.Length ? names[i] : method.Parameters[method.IsExtensionMethod ? 1 : 0].Name;
                yield return new TransformedValue(name, method.TypeArguments[i], isCompile && !isResult);
            }
        }
    }

    public static Location LocationOf(IInvocationOperation call) =>
        call.Syntax is InvocationExpressionSyntax invocation && TransformCalls.NameOf(invocation) is { } name
            ? name.Identifier.GetLocation()
            : call.Syntax.GetLocation();

    /// <summary>Which arguments the call declares static; all of them when that is known only at run time.</summary>
    private static System.Func<int, bool> StaticArguments(IInvocationOperation call)
    {
        if (Given(call, "staticArguments") is not { } positions)
        {
            return _ => false;
        }

        var literals = positions.DescendantsAndSelf().OfType<ILiteralOperation>().Select(l => l.ConstantValue.Value).OfType<int>()
            .ToArray();
        var elements = positions.DescendantsAndSelf().Sum(o => o switch
        {
            ICollectionExpressionOperation list => list.Elements.Length,
            IArrayInitializerOperation array => array.ElementValues.Length,
            _ => 0,
        });
        return elements > 0 && elements <= literals.Length ? i => literals.Contains(i) : _ => true;
    }

    private static IOperation? Given(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(a => a.Parameter?.Name == parameter && a.ArgumentKind == ArgumentKind.Explicit)?.Value;

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
