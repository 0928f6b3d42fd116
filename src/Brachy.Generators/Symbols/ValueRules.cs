using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>What must hold for the type of a value that transforms take apart.</summary>
internal static class ValueRules
{
    private const string TorchAdvice = "take a Brachy.Tensor; a TorchSharp tensor converts implicitly";

    /// <param name="symbol">The member, parameter or method.</param>
    /// <param name="type">Its type.</param>
    public static Fault? Check(ISymbol symbol, ITypeSymbol type) =>
        Check(symbol.Name, symbol.Locations.FirstOrDefault() ?? Location.None, type);

    /// <param name="name">What the value is called.</param>
    /// <param name="location">Where to report.</param>
    /// <param name="type">Its type.</param>
    public static Fault? Check(string name, Location location, ITypeSymbol type)
    {
        if (MemberModel.Of(name, type) is not null && !type.Mentions(BrachyTypes.IsTorchTensor))
        {
            return null;
        }

        return type.IsModule() ? new(DiagnosticDescriptors.ModuleAsValue, location, name, type.Short())
            : type.Mentions(BrachyTypes.IsTorchTensor) ? NotATree("which transforms do not trace", TorchAdvice)
            : NotATree("which holds tensors that transforms cannot find", Advice(type));

        Fault NotATree(string problem, string advice) => new(DiagnosticDescriptors.NotATree, location, name, type.Short(), problem, advice);
    }

    /// <summary>A fault when nothing is known of the value or of a part of it.</summary>
    /// <param name="name">What the value is called.</param>
    /// <param name="location">Where to report.</param>
    /// <param name="type">Its type.</param>
    /// <param name="canBeStatic">Whether it can be marked [Static].</param>
    public static Fault? CheckObject(string name, Location location, ITypeSymbol type, bool canBeStatic) =>
        type.Mentions(TypeMentions.IsObject)
            ? new(
                DiagnosticDescriptors.NotATree, location, name, type.Short(),
                "and an object may hold tensors, which transforms would not find",
                canBeStatic ? "write the type, or mark it [Static]" : "write the type")
            : null;

    /// <summary>What to do about a static value of a type that holds tensors.</summary>
    public static string StaticAdvice(ITypeSymbol type, string advice) => type.Mentions(BrachyTypes.IsTorchTensor) ? TorchAdvice : advice;

    /// <summary>What to do about a type that cannot be taken apart.</summary>
    public static string Advice(ITypeSymbol type) => type switch
    {
        _ when type.IsModule() => "pass the module's tree and config instead",
        INamedTypeSymbol { IsTupleType: false } when type.Locations.Any(l => l.IsInSource) && !type.IsTree() =>
            $"mark {type.Short()} [Tree]",
        _ => "use tensors, structure trees, [Tree] types, and tuples, arrays, List, IReadOnlyList or Dictionary<string, …> of them",
    };
}
