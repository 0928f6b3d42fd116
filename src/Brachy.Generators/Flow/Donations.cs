using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Which arguments of a call are given away.</summary>
/// <param name="Function">What is called, for messages.</param>
/// <param name="Parameters">The ordinals of the parameters.</param>
/// <param name="Receiver">Whether what the method is called on is given away too.</param>
internal sealed record Donation(string Function, ImmutableArray<int> Parameters, bool Receiver = false)
{
    /// <summary>The values that a call gives away.</summary>
    public IEnumerable<IOperation> Given(IInvocationOperation call) =>
        call.Arguments.Where(a => a.Parameter is { } p && Parameters.Contains(p.Ordinal)).Select(a => a.Value)
            .Concat(Receiver && call.Instance is { } receiver ? [receiver] : []);

    /// <summary>What a call gives away, or null if that is nothing or not known.</summary>
    public static Donation? Of(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method is { Name: "Invoke", IsExtensionMethod: true } && method.ContainingType.IsBrachy("JitInvocation"))
        {
            return OfDelegate(call);
        }

        // Calls that are led to the compiled method give away as those of the method itself.
        if (InterceptorRules.IsLed(method))
        {
            return OfParameters(method, JitRules.Compiled(method));
        }

        return method.IsStatic && method.Name.Length > 3 && method.Name.EndsWith("Jit", System.StringComparison.Ordinal)
            ? OfCompiled(method)
            : null;
    }

    private static Donation? OfCompiled(IMethodSymbol method)
    {
        var source = method.ContainingType.GetMembers(method.Name.Substring(0, method.Name.Length - 3)).OfType<IMethodSymbol>()
            .FirstOrDefault(m => m.Attribute("Jit") is not null);
        return source is null ? null : OfParameters(method, source);
    }

    /// <summary>What a call of one method gives away by the attributes of the other.</summary>
    private static Donation? OfParameters(IMethodSymbol method, IMethodSymbol source)
    {
        var donated = source.Parameters.Where(p => p.Attribute("Donate") is not null).Select(p => p.Name).ToArray();
        var parameters = method.Parameters.Where(p => donated.Contains(p.Name)).Select(p => p.Ordinal).ToImmutableArray();

        // A member of an extension block is called on the first argument of the method that it becomes.
        var receiver = method is { IsStatic: false, ContainingType.ExtensionParameter.Name: var name } && donated.Contains(name);
        return parameters.IsEmpty && !receiver ? null : new(method.Name, parameters, receiver);
    }

    /// <summary>
    /// The function is seen where it is compiled in place, or is a variable or field that is compiled where it is declared.
    /// </summary>
    private static Donation? OfDelegate(IInvocationOperation call)
    {
        var function = call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value;
        var (compile, name) = function switch
        {
            IInvocationOperation { Syntax: InvocationExpressionSyntax inPlace } => (inPlace, "the compiled function"),
            ILocalReferenceOperation { Local: var local } => (Initializer(local), local.Name),
            IFieldReferenceOperation { Field: { IsReadOnly: true } field } => (Initializer(field), field.Name),
            IPropertyReferenceOperation { Property: { SetMethod: null } property } => (Initializer(property), property.Name),
            _ => default,
        };
        var positions =
            compile is { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Compile" } } ? Positions(compile) : [];

        // The function itself is the first parameter.
        return positions.Count == 0 ? null : new(name, positions.Select(p => p + 1).ToImmutableArray());
    }

    private static InvocationExpressionSyntax? Initializer(ISymbol symbol) => symbol.Declaration() switch
    {
        VariableDeclaratorSyntax { Initializer.Value: InvocationExpressionSyntax call } => call,
        PropertyDeclarationSyntax { Initializer.Value: InvocationExpressionSyntax call } => call,
        _ => null,
    };

    private static IReadOnlyList<int> Positions(InvocationExpressionSyntax compile)
    {
        var arguments = compile.ArgumentList.Arguments;
        var donate = arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.Text == "donate")
            ?? (arguments.Count > 1 && arguments[1].NameColon is null ? arguments[1] : null);
        var elements = donate?.Expression switch
        {
            CollectionExpressionSyntax list => list.Elements.Select(e => (e as ExpressionElementSyntax)?.Expression),
            ArrayCreationExpressionSyntax { Initializer: { } array } => array.Expressions,
            ImplicitArrayCreationExpressionSyntax array => array.Initializer.Expressions,
            _ => [],
        };
        return [.. elements.OfType<LiteralExpressionSyntax>().Where(l => l.IsKind(SyntaxKind.NumericLiteralExpression))
            .Select(l => l.Token.Value).OfType<int>()];
    }
}
