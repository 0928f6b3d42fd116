using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>What must hold for parameters of functions that transforms take.</summary>
internal static class ParameterRules
{
    public static (string Kind, string Advice)? Unsupported(IParameterSymbol parameter) => parameter switch
    {
        { RefKind: RefKind.Out } => ("an out parameter", "return the value, in a tuple if there are several"),
        { RefKind: RefKind.Ref } => ("a ref parameter", "take the value, and return the new one"),
        { RefKind: not RefKind.None } => ("an in parameter", "take the value itself"),
        { IsParams: true } => ("a params parameter", "take an array"),
        { Type.IsRefLikeType: true } => ("a ref struct", "take an array"),
        { Type: var type } when type.Mentions(TypeMentions.IsPointer) =>
            ("a pointer", "take a tensor or an array"),
        _ => null,
    };
}
