using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>A call in some code of which is known what it runs.</summary>
/// <param name="Call">The call, or the property that is read or written.</param>
/// <param name="Method">The method or accessor that is named.</param>
/// <param name="IsVirtual">Whether a derived class may run another one.</param>
internal sealed record KnownCall(IOperation Call, IMethodSymbol Method, bool IsVirtual);

/// <summary>Finds what code calls of the methods and properties that are static, or belong to the same object.</summary>
internal static class CalledCode
{
    /// <summary>The calls of what people wrote: that generated code keeps a view, for one, is no concern of theirs.</summary>
    public static IEnumerable<KnownCall> Of(IOperation body) =>
        body.DescendantsAndSelf().SelectMany(Calls).Where(call => !IsGenerated(call.Method));

    /// <summary>The method that a call of an object of a class reaches.</summary>
    public static IMethodSymbol Reached(IMethodSymbol method, INamedTypeSymbol type) => ModuleBases.SelfAndBases(type)
        .SelectMany(t => t.GetMembers(method.Name).OfType<IMethodSymbol>())
        .FirstOrDefault(m => Overridden(m).Contains(method.OriginalDefinition, SymbolEqualityComparer.Default)) ?? method;

    private static IEnumerable<KnownCall> Calls(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { MethodKind: not (MethodKind.LocalFunction or MethodKind.DelegateInvoke) } method } call
            when IsKnown(method, call.Instance) => [new(call, method, call.IsVirtual)],
        IMethodReferenceOperation { Method: { MethodKind: not MethodKind.LocalFunction } method } reference
            when IsKnown(method, reference.Instance) => [new(reference, method, reference.IsVirtual)],
        IPropertyReferenceOperation { Property: var property } reference when IsKnown(property, reference.Instance) =>
            Accessors(reference).Select(accessor => new KnownCall(
                reference, accessor, accessor.IsVirtual || accessor.IsOverride || accessor.IsAbstract)),
        _ => [],
    };

    private static bool IsGenerated(IMethodSymbol method)
    {
        var declared = method.OriginalDefinition;
        return (declared.PartialImplementationPart ?? declared).DeclaringSyntaxReferences
            .Any(r => r.SyntaxTree.FilePath.EndsWith(".g.cs", System.StringComparison.Ordinal));
    }

    private static bool IsKnown(ISymbol member, IOperation? instance) => member.IsStatic || member.ContainingType.IsExtension
        || instance is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance };

    private static IEnumerable<IMethodSymbol> Accessors(IPropertyReferenceOperation property)
    {
        var isTarget = property.Parent is IAssignmentOperation assignment && assignment.Target == property;
        var isWritten = isTarget || property.Parent is IIncrementOrDecrementOperation or ITupleOperation;
        var isRead = !(isTarget && property.Parent is ISimpleAssignmentOperation);
        return new[] { isRead ? property.Property.GetMethod : null, isWritten ? property.Property.SetMethod : null }
            .OfType<IMethodSymbol>();
    }

    private static IEnumerable<IMethodSymbol> Overridden(IMethodSymbol? method)
    {
        for (; method is not null; method = method.OverriddenMethod)
        {
            yield return method.OriginalDefinition;
        }
    }
}
