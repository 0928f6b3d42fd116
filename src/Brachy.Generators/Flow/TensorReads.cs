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

    /// <summary>Whether a tensor is not traced: one from outside of the function, or made of numbers.</summary>
    private static bool IsKnown(IOperation tensor, TracedFunction function) => tensor switch
    {
        IConversionOperation { OperatorMethod: not null, Operand.Type: { } from } => !from.IsTensor() && !from.IsTreeValue(),
        IConversionOperation conversion => IsKnown(conversion.Operand, function),
        IInstanceReferenceOperation => function.Kind != TracedKind.Forward,
        IParameterReferenceOperation { Parameter: var parameter } => function.Captures(parameter),
        ILocalReferenceOperation { Local: var local } => function.Captures(local) || IsMadeKnown(tensor, local, function),
        IFieldReferenceOperation field => field.Instance is null || IsKnown(field.Instance, function),
        IPropertyReferenceOperation property => property.Instance is null || IsKnown(property.Instance, function),
        IArrayElementReferenceOperation element => IsKnown(element.ArrayReference, function),
        IInvocationOperation { TargetMethod: { Name: "FromArray" or "FromTorch", ContainingType: var type } } => type.IsTensor(),
        _ => false,
    };

    private static bool IsMadeKnown(IOperation reference, ILocalSymbol local, TracedFunction function) =>
        local.Declaration() is { } declaration
        && reference.SemanticModel?.GetOperation(declaration) is IVariableDeclaratorOperation { Initializer.Value: { } value }
        && IsKnown(value, function);
}
