using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>
/// Finds out which parameters of a method that traced code calls get tensors with values: those from outside of the trace.
/// </summary>
internal static class ArgumentValues
{
    public static ImmutableHashSet<ISymbol> Of(KnownCall call, IMethodSymbol method, TracedFunction from) => call.Call switch
    {
        IInvocationOperation invocation => Set(
            invocation.Arguments.Where(
                a => a.Parameter is { } p && p.Ordinal < method.Parameters.Length && TensorReads.IsKnown(a.Value, from))
                .Select(a => method.Parameters[a.Parameter!.Ordinal])
                .Concat(Receiver(invocation, method, from))),
        IMethodReferenceOperation reference when TensorReads.AreOfKnown(reference, from) => Set(method.Parameters),
        IPropertyReferenceOperation property => Set(
            property.Arguments.Where(a => a.Parameter is not null && TensorReads.IsKnown(a.Value, from))
                .Select(a => method.Parameters[a.Parameter!.Ordinal])
                .Concat(property.Parent is IAssignmentOperation assignment && assignment.Target == property
                    && TensorReads.IsKnown(assignment.Value, from)
                        ? method.Parameters.Where(p => p.Name == "value")
                        : [])),
        _ => Set([]),
    };

    /// <summary>The same text for the same parameters of a method.</summary>
    public static string Key(ImmutableHashSet<ISymbol> parameters) =>
        string.Join(
            ",", parameters.Select(p => p is IParameterSymbol { ContainingSymbol: IMethodSymbol } parameter ? parameter.Ordinal : -1)
                .OrderBy(i => i));

    /// <summary>The parameter of an extension block stands for the object that the method is called on.</summary>
    private static IEnumerable<IParameterSymbol> Receiver(IInvocationOperation call, IMethodSymbol method, TracedFunction from) =>
        call.Instance is { } instance && method.ContainingType.ExtensionParameter is { } receiver && TensorReads.IsKnown(instance, from)
            ? [receiver]
            : [];

    private static ImmutableHashSet<ISymbol> Set(IEnumerable<IParameterSymbol> parameters) =>
        ImmutableHashSet.CreateRange<ISymbol>(SymbolEqualityComparer.Default, parameters);
}
