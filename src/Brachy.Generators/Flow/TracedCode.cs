using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>How surely a function runs on tensors without values, and once for many calls.</summary>
internal enum TracedKind
{
    None,

    /// <summary>A function that is differentiated, which computes with values unless it is also compiled.</summary>
    Differentiated,

    /// <summary>Forward of a module, which may be compiled.</summary>
    Forward,

    /// <summary>A function that is compiled.</summary>
    Compiled,
}

/// <summary>A function that is traced.</summary>
/// <param name="Kind">How surely.</param>
/// <param name="Name">What messages call it.</param>
/// <param name="Body">Its code.</param>
internal sealed record TracedFunction(TracedKind Kind, string Name, IOperation Body)
{
    /// <summary>Whether what the function captures is meant to be built in: the way to freeze a model.</summary>
    public bool MayFreeze { get; init; }

    /// <summary>Its parameters that are not traced.</summary>
    public ImmutableHashSet<ISymbol> WithValues { get; init; } = ImmutableHashSet<ISymbol>.Empty;

    /// <summary>Whether a parameter is not traced, or one of a function around that is not.</summary>
    public bool HasValue(IParameterSymbol parameter) => WithValues.Contains(parameter)
        || (parameter.ContainingSymbol is not INamedTypeSymbol { IsExtension: true } && Captures(parameter));

    /// <summary>Whether a variable or parameter is declared outside, so that its value is the same at each call.</summary>
    public bool Captures(ISymbol symbol) => !symbol.DeclaringSyntaxReferences.Any(r =>
        r.SyntaxTree == Body.Syntax.SyntaxTree && Function.Span.Contains(r.Span));

    private SyntaxNode Function { get; } = Body.Syntax.AncestorsAndSelf().FirstOrDefault(node =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax) ?? Body.Syntax;
}

/// <summary>Finds functions that are traced: [Jit] methods, Forward, and what is given to transforms.</summary>
internal static class TracedCode
{
    public static TracedKind Of(ISymbol member) => member switch
    {
        IMethodSymbol method when method.Attribute("Jit") is not null => TracedKind.Compiled,
        IMethodSymbol { Name: "Forward", IsStatic: false } method when method.ContainingType.IsModule() => TracedKind.Forward,
        _ => TracedKind.None,
    };

    /// <summary>What a call does with functions that are its arguments.</summary>
    public static TracedKind Of(IInvocationOperation call) => call.TargetMethod switch
    {
        { Name: "Compile", ContainingType: var type } when type.IsBrachy("Jit") => TracedKind.Compiled,
        { ContainingType: { Name: "Grad" or "Optimizer" or "CustomVjp" or "CustomJvp" } type } when type.IsBrachy(type.Name) =>
            TracedKind.Differentiated,
        _ => TracedKind.None,
    };

    /// <summary>How the code at a place is traced, by the member and by the functions around it.</summary>
    public static TracedKind Around(IOperation place, ISymbol member)
    {
        var kind = Of(member);
        for (var outer = place.Parent; outer is not null && kind != TracedKind.Compiled; outer = outer.Parent)
        {
            if (outer is IAnonymousFunctionOperation && CallWith(outer) is { } call && Of(call) is var other && other > kind)
            {
                kind = other;
            }
        }

        return kind;
    }

    /// <summary>The function given to a transform, if its code is in the same file and not traced anyhow.</summary>
    public static TracedFunction? Given(IArgumentOperation argument, TracedKind kind) =>
        BodyOf(argument.Value) is var (body, name)
            ? new(kind, name ?? (kind == TracedKind.Compiled ? "the compiled function" : "the differentiated function"), body)
            {
                MayFreeze = true,
            }
            : null;

    /// <summary>The call that a function is an argument of.</summary>
    public static IInvocationOperation? CallWith(IOperation function)
    {
        var outer = function.Parent;
        while (outer is IDelegateCreationOperation or IConversionOperation or IArgumentOperation or IParenthesizedOperation)
        {
            outer = outer.Parent;
        }

        return outer as IInvocationOperation;
    }

    private static (IOperation Body, string? Name)? BodyOf(IOperation value) => value switch
    {
        IConversionOperation conversion => BodyOf(conversion.Operand),
        IDelegateCreationOperation creation => BodyOf(creation.Target),
        IAnonymousFunctionOperation lambda => (lambda, null),
        IMethodReferenceOperation { Method: var method } when Of(method) == TracedKind.None && IsFirst(value, method.Name) =>
            Declared(value, method) is { } body ? (body, $"'{method.Name}'") : null,
        ILocalReferenceOperation { Local: var local } when IsFirst(value, local.Name) =>
            Declared(value, local) is IVariableDeclaratorOperation
            {
                Initializer.Value: IDelegateCreationOperation
                {
                    Target: IAnonymousFunctionOperation lambda,
                }
            } ? (lambda, $"'{local.Name}'") : null,
        _ => null,
    };

    private static IOperation? Declared(IOperation reference, ISymbol symbol) =>
        symbol.Declaration() is { } declaration && declaration.SyntaxTree == reference.Syntax.SyntaxTree
            ? reference.SemanticModel?.GetOperation(declaration)
            : null;

    /// <summary>What is given to several calls is looked at once.</summary>
    private static bool IsFirst(IOperation reference, string name) => reference.Syntax.SyntaxTree.GetRoot().DescendantNodes()
        .OfType<ArgumentSyntax>()
        .First(a => a.Span.Contains(reference.Syntax.Span) || (a.Expression is SimpleNameSyntax other && other.Identifier.ValueText == name
            && a.Parent?.Parent is InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Compile" }
            }))
        .Span.Contains(reference.Syntax.Span);
}
