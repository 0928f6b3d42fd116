using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>The places that an operation by itself writes, or gives to others to write.</summary>
internal static class Writes
{
    public static IEnumerable<IOperation> Of(IOperation operation) => operation switch
    {
        ISimpleAssignmentOperation { IsRef: true } reference => Places(reference.Target).Concat(Places(reference.Value)),
        IAssignmentOperation assignment => Places(assignment.Target),
        IIncrementOrDecrementOperation step => [step.Target],
        IEventAssignmentOperation change => [change.EventReference],
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => Places(argument.Value),
        IVariableDeclaratorOperation { Symbol.RefKind: RefKind.Ref, Initializer.Value: { } place } => Places(place),
        _ => [],
    };

    /// <summary>The places that an assignment fills: those of a tuple are more than one.</summary>
    public static IEnumerable<IOperation> Places(IOperation target) => target switch
    {
        ITupleOperation tuple => tuple.Elements.SelectMany(Places),
        IDeclarationExpressionOperation { Expression: ITupleOperation tuple } => Places(tuple),
        _ => [target],
    };
}
