using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Recognizes static places that are filled once, with what would be the same whoever fills them.</summary>
internal static class Memos
{
    /// <summary>
    /// Whether a call asks a table for what it keeps under a key, and lets a function of the key alone make it: whoever asks first makes no
    /// difference. A tensor that is made while tracing has no values, so that it must not be kept.
    /// </summary>
    public static bool IsMemo(IInvocationOperation call, TracedFunction function)
    {
        if (call is not
            {
                TargetMethod: { Name: "GetOrAdd", ContainingType: { Name: "ConcurrentDictionary", TypeArguments.Length: 2 } table }
            }
            || KeepsTensors(table.TypeArguments[1])
            || !call.Arguments.Any(a => a.Parameter?.Type.TypeKind == TypeKind.Delegate))
        {
            return false;
        }

        var key = call.Arguments.First(a => a.Parameter?.Ordinal == 0).Value;
        var known = new HashSet<ISymbol>(Variables(key), SymbolEqualityComparer.Default);
        return call.Arguments.Where(a => a.Parameter?.Ordinal != 0).All(a => IsOf(a.Value, function, known));
    }

    /// <summary>Whether a static place is filled once, with what no argument of the function has a part in.</summary>
    public static bool IsLazy(IOperation operation, TracedFunction function) =>
        operation is ICoalesceAssignmentOperation { Target.Type: { } type, Value: var value }
        && !KeepsTensors(type) && IsOf(value, function, new(SymbolEqualityComparer.Default));

    /// <summary>Whether code depends on nothing that differs from call to call but what is known.</summary>
    private static bool IsOf(IOperation code, TracedFunction function, HashSet<ISymbol> known) =>
        !code.DescendantsAndSelf().Any(
            o => o is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance })
        && Variables(code).All(v => known.Contains(v) || function.Captures(v)
            || v.DeclaringSyntaxReferences.Any(r => code.Syntax.Span.Contains(r.Span)));

    private static bool KeepsTensors(ITypeSymbol type) => type.HoldsTensors() || type.Mentions(TypeMentions.IsObject);

    private static IEnumerable<ISymbol> Variables(IOperation code) => code.DescendantsAndSelf().Select(o => o switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => (ISymbol?)null,
    }).OfType<ISymbol>();
}
