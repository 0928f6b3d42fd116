using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>What must hold for a value that a call of a transform takes apart.</summary>
internal static class TransformCallRules
{
    public static IEnumerable<Fault> Check(TransformedValue value, Location location)
    {
        var fault = ValueRules.Check(value.Name, location, value.Type)
            ?? ValueRules.CheckObject(value.Name, location, value.Type, canBeStatic: false);
        if (fault is not null)
        {
            yield return fault;
        }
        else if (value.IsCompiled && StaticContentCheck.Problem(value.Type) is var (type, reason))
        {
            yield return new(DiagnosticDescriptors.StaticArgument, location, value.Name, type.Short(), reason);
        }

        if (value.IsCompiled && value.Type.IsReal())
        {
            yield return new(DiagnosticDescriptors.JitRetraces, location, value.Name, value.Type.Short(), "the compiled function",
                "take a Tensor (numbers convert implicitly)");
        }
    }

    /// <summary>The fault that there is no handler for a type that can be taken apart.</summary>
    public static Fault NoHandler(TransformedValue value, Location location)
    {
        var (reason, advice) = value.Type switch
        {
            _ when !HandlerExpression.CanBeNamed(value.Type) =>
                ("other code cannot name it", "make it internal, or call TreeHandler.Register once with a handler of yours"),
            _ when HandlerRegistration.IsUnknown(value.Type) =>
                ("it is neither [Tree] nor compared by content", "mark it [Tree], or make it an internal or public record"),
            _ =>
                ("the type comes from generated code",
                    "name it with explicit type arguments or types of the lambda's parameters, or call TreeHandler.Register once"),
        };
        return new(DiagnosticDescriptors.NoHandler, location, value.Name, value.Type.Short(), reason, advice);
    }
}
