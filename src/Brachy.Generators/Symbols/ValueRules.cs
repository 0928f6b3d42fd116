using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>What must hold for the type of a value that transforms take apart.</summary>
internal static class ValueRules
{
    /// <param name="symbol">The member, parameter or method.</param>
    /// <param name="type">Its type.</param>
    public static Fault? Check(ISymbol symbol, ITypeSymbol type)
    {
        if (MemberModel.Of(symbol.Name, type) is not null)
        {
            return null;
        }

        return type.IsModule()
            ? new(DiagnosticDescriptors.ModuleAsValue, symbol, symbol.Name, type.Short())
            : new(DiagnosticDescriptors.NotATree, symbol, symbol.Name, type.Short(), Advice(type));
    }

    private static string Advice(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { IsTupleType: true } tuple when tuple.TupleElements.Length > HandlerExpression.MaxTupleLength =>
            $"tuples can have {HandlerExpression.MaxTupleLength} elements, so declare a [Tree] record",
        _ when type.Locations.Any(l => l.IsInSource) && !type.IsTree() && !((INamedTypeSymbol)type).IsTupleType => $"mark {type.Short()} [Tree]",
        _ => "use tensors, structure trees, [Tree] types, and tuples, arrays, List, IReadOnlyList or Dictionary<string, …> of them",
    };
}
