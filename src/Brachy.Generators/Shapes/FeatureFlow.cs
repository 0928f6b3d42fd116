using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>
/// Follows a body in order, and knows for each variable how many features it has, where only layers, elementwise functions and
/// arithmetic are on the way. Branches are merged; what loops, lambdas and calls of other kinds assign is unknown.
/// </summary>
/// <param name="layers">The layer that a property holds; null if unknown.</param>
/// <param name="misfit">Told of each layer that is called with what it cannot take.</param>
internal sealed class FeatureFlow(Func<IPropertySymbol, LayerSizes?> layers, Action<IOperation, LayerSizes, Features> misfit)
    : CodeWalker
{
    /// <summary>Functions, and methods of tensors, whose result has the shape of their first operand.</summary>
    private static readonly HashSet<string> s_elementwise =
    [
        "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "softplus", "sigmoid", "logsigmoid", "log_sigmoid",
        "hardsigmoid", "hardswish", "hardtanh", "tanh", "softsign", "softmax", "log_softmax", "softmin", "dropout", "exp", "log", "sqrt",
        "rsqrt", "abs", "neg", "square", "sin", "cos", "erf", "clamp", "cast", "to",
    ];

    private Dictionary<ISymbol, Features> _known = new(SymbolEqualityComparer.Default);

    /// <summary>Runs an operation and says what is known of its value.</summary>
    public Features? Visit(IOperation? operation)
    {
        switch (operation)
        {
            case null:
                return null;
            case IConversionOperation conversion:
                return Visit(conversion.Operand);
            case IParenthesizedOperation parenthesized:
                return Visit(parenthesized.Operand);
            case ILocalReferenceOperation local:
                return Known(local.Local);
            case IParameterReferenceOperation parameter:
                return Known(parameter.Parameter);
            case IVariableDeclaratorOperation declarator:
                return Assign(declarator.Symbol, Visit(declarator.Initializer?.Value));
            case ISimpleAssignmentOperation assignment:
                return Assign(Variable(assignment.Target), Visit(assignment.Value));
            case ICompoundAssignmentOperation compound:
                return Assign(Variable(compound.Target), Combined(compound.Target, compound.Value));
            case IBinaryOperation binary:
                return Combined(binary.LeftOperand, binary.RightOperand);
            case IUnaryOperation unary:
                return Visit(unary.Operand);
            case IInvocationOperation call:
                return Visit(call);
            case IConditionalOperation choice:
                return Visit(choice);
            case ILoopOperation or ISwitchOperation or ITryOperation or ISwitchExpressionOperation:
                return VisitUnordered(operation);
            case IAnonymousFunctionOperation or ILocalFunctionOperation:
                Forget(operation);
                var outside = _known;
                _known = new(SymbolEqualityComparer.Default);
                WalkChildren(operation);
                _known = outside;
                return null;
            default:
                WalkChildren(operation);
                if (operation is IDeconstructionAssignmentOperation or IIncrementOrDecrementOperation)
                {
                    Forget(operation);
                }

                return null;
        }
    }

    private Features? Visit(IInvocationOperation call)
    {
        if (call is { TargetMethod.Name: "Call", Instance: IPropertyReferenceOperation { Instance: IInstanceReferenceOperation } place })
        {
            var inputs = call.Arguments.Select(argument => Visit(argument.Value)).ToList();
            if (layers(place.Property) is not { } layer)
            {
                return null;
            }

            var input = inputs.Count == 1 ? inputs[0] : null;
            if (input is { } features && layer.Refuses(features))
            {
                misfit(call, layer, features);
            }

            return layer.After(input);
        }

        var operands = call.Arguments.Select(argument => argument.Value).ToList();
        if (call.Instance is not null)
        {
            operands.Insert(0, call.Instance);
        }

        var values = operands.ConvertAll(Visit);
        foreach (var written in call.Arguments.SelectMany(Writes.Of))
        {
            Assign(written);
        }

        var type = call.TargetMethod.ContainingType;
        var isElementwise = (type.IsBrachy("F") || type.IsBrachy("Tensor")) && s_elementwise.Contains(call.TargetMethod.Name);
        return isElementwise && values.Count > 0 ? values[0] : null;
    }

    private Features? Visit(IConditionalOperation choice)
    {
        Visit(choice.Condition);
        var before = new Dictionary<ISymbol, Features>(_known, SymbolEqualityComparer.Default);
        var whenTrue = Visit(choice.WhenTrue);
        var afterTrue = _known;
        _known = before;
        var whenFalse = Visit(choice.WhenFalse);

        foreach (var (variable, features) in _known.Select(pair => (pair.Key, pair.Value)).ToList())
        {
            if (!afterTrue.TryGetValue(variable, out var other) || other.Size != features.Size || other.Dim != features.Dim)
            {
                _known.Remove(variable);
            }
        }

        return whenTrue is { } one && whenFalse is { } two && one.Size == two.Size && one.Dim == two.Dim ? one : null;
    }

    private Features? VisitUnordered(IOperation operation)
    {
        Forget(operation);
        WalkChildren(operation);
        Forget(operation);
        return null;
    }

    protected override void Walk(IOperation operation) => Visit(operation);

    protected override void Assign(IOperation place) => Assign(Variable(place), null);

    /// <summary>The sum or product of two operands: as they are, if the other is a number, or of the same size.</summary>
    private Features? Combined(IOperation left, IOperation right)
    {
        var (first, second) = (Visit(left), Visit(right));
        return IsNumber(right) ? first
            : IsNumber(left) ? second
            : first is { } one && second is { } two && one.Dim == two.Dim && one.Size == two.Size ? one
            : null;
    }

    private static bool IsNumber(IOperation operand) =>
        LayerSizes.Unconverted(operand).Type is { SpecialType: >= SpecialType.System_Boolean and <= SpecialType.System_Double };

    private Features? Known(ISymbol variable) => _known.TryGetValue(variable, out var features) ? features : null;

    private Features? Assign(ISymbol? variable, Features? features)
    {
        if (variable is not null)
        {
            if (features is { } known)
            {
                _known[variable] = known;
            }
            else
            {
                _known.Remove(variable);
            }
        }

        return features;
    }

    /// <summary>Nothing is known any more of what is assigned anywhere inside.</summary>
    private void Forget(IOperation operation)
    {
        foreach (var inner in operation.DescendantsAndSelf())
        {
            foreach (var place in Writes.Of(inner))
            {
                Assign(place);
            }
        }
    }

    private static ISymbol? Variable(IOperation target) => target switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IDeclarationExpressionOperation declaration => Variable(declaration.Expression),
        _ => null,
    };
}
