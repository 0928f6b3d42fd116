using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Recognizes code that reads the value of a tensor which has none while it is traced.</summary>
internal static class TensorReads
{
    public static (string Read, string Advice)? Of(IOperation operation, TracedFunction function) => operation switch
    {
        IConversionOperation { OperatorMethod: { } method, Operand: { Type: { } from } operand, Type: { } to }
            when method.ContainingType.IsTensor() && from.IsTensor() && !to.IsTensor() && !IsKnown(operand, function) =>
            ($"({to.Short()})", to.SpecialType == SpecialType.System_Boolean
                ? "choose between tensors with F.where, or make the condition an argument that is no tensor"
                : "compute with the tensor, and read what the function returns"),
        IInvocationOperation { TargetMethod: { Name: "item" or "ToArray" or "AsTorch" } method, Instance: { } tensor }
            when method.ContainingType.IsTensor() && !IsKnown(tensor, function) =>
            ($"{method.Name}()", "compute with the tensor, and read what the function returns"),
        _ => null,
    };

    /// <summary>Whether a tensor, or what holds some, is not traced: one from outside of the function, or made of numbers.</summary>
    public static bool IsKnown(IOperation tensor, TracedFunction function) => tensor switch
    {
        IConversionOperation { OperatorMethod: not null, Operand.Type: { } from } => !from.IsTensor() && !from.IsTreeValue(),
        IConversionOperation conversion => IsKnown(conversion.Operand, function),
        IParenthesizedOperation inner => IsKnown(inner.Operand, function),
        ILiteralOperation or IDefaultValueOperation => true,
        IInstanceReferenceOperation => function.Kind != TracedKind.Forward,
        IParameterReferenceOperation { Parameter: var parameter } =>
            function.HasValue(parameter) || IsOfKnown(tensor, parameter, function),
        ILocalReferenceOperation { Local: var local } => function.Captures(local) || IsMadeKnown(tensor, local, function),
        IFieldReferenceOperation field => field.Instance is null || IsKnown(field.Instance, function),
        IPropertyReferenceOperation property => property.Instance is null || IsKnown(property.Instance, function),
        IArrayElementReferenceOperation element => IsKnown(element.ArrayReference, function),
        IArrayCreationOperation { Initializer.ElementValues: var values } => values.All(v => IsKnown(v, function)),
        IObjectCreationOperation { Initializer: null } creation =>
            creation.Arguments.All(a => a.Value.Type?.HoldsTensors() != true || IsKnown(a.Value, function)),
        ITupleOperation tuple => tuple.Elements.All(e => IsKnown(e, function)),
        IInvocationOperation { TargetMethod: { Name: "FromArray" or "FromTorch", ContainingType: var type } } when type.IsTensor() => true,
        IInvocationOperation call => IsOfFramework(call.TargetMethod) && ArgumentsAreKnown(call, function)
            && call.Arguments.All(a => a.Parameter?.Type is not INamedTypeSymbol { DelegateInvokeMethod.ReturnType: var result }
                || !result.HoldsTensors()),
        _ => false,
    };

    /// <summary>Whether a function is given to one of the framework that calls it with known tensors only, as LINQ does.</summary>
    public static bool AreOfKnown(IOperation given, TracedFunction function) =>
        TracedCode.CallWith(given) is { } call && IsOfFramework(call.TargetMethod) && ArgumentsAreKnown(call, function);

    private static bool IsOfKnown(IOperation reference, IParameterSymbol parameter, TracedFunction function)
    {
        for (var outer = reference.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IAnonymousFunctionOperation lambda
                && lambda.Symbol.Parameters.Contains(parameter, SymbolEqualityComparer.Default))
            {
                return AreOfKnown(lambda, function);
            }
        }

        return false;
    }

    private static bool ArgumentsAreKnown(IInvocationOperation call, TracedFunction function)
    {
        IEnumerable<IOperation> all = call.Instance is { } instance ? [instance, .. call.Arguments.Select(a => a.Value)]
            : call.Arguments.Select(a => a.Value);
        var tensors = all.Where(value => value.Type is { TypeKind: not TypeKind.Delegate } type && type.HoldsTensors()).ToArray();
        return tensors.Length > 0 && tensors.All(value => IsKnown(value, function));
    }

    private static bool IsOfFramework(IMethodSymbol method) =>
        method.ContainingNamespace is { IsGlobalNamespace: false } space
        && (space.Name == "System" || space.ToDisplayString().StartsWith("System.", System.StringComparison.Ordinal));

    private static bool IsMadeKnown(IOperation reference, ILocalSymbol local, TracedFunction function) =>
        local.Declaration() is { } declaration && reference.SemanticModel?.GetOperation(declaration) switch
        {
            IVariableDeclaratorOperation { Initializer.Value: { } value } => IsKnown(value, function),
            IForEachLoopOperation loop => IsKnown(loop.Collection, function),
            _ => false,
        };
}
