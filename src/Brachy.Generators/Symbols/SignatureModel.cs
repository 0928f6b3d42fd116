using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>A parameter as it is declared again in generated methods.</summary>
/// <param name="Name">The name as an identifier.</param>
/// <param name="Type">The type with nullability.</param>
/// <param name="Default">The default value as an expression, or empty.</param>
/// <param name="IsThis">Whether it is the receiver of an extension method.</param>
internal sealed record ParameterModel(string Name, string Type, string Default, bool IsThis)
{
    public string Declaration => $"{(IsThis ? "this " : "")}{Type} {Name}{(Default.Length > 0 ? $" = {Default}" : "")}";

    public static ParameterModel Of(IParameterSymbol parameter) => new(
        TypeNames.Identifier(parameter.Name),
        parameter.Type.Full(),
        parameter.HasExplicitDefaultValue ? Literals.Of(parameter.ExplicitDefaultValue, parameter.Type) : "",
        parameter is { Ordinal: 0, ContainingSymbol: IMethodSymbol { IsExtensionMethod: true } });
}

/// <summary>The parameters and the result of a function.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="Input">The type that holds all arguments: that of the only one, or a tuple.</param>
/// <param name="HasNames">Whether the elements of the tuple have the names of the parameters.</param>
/// <param name="Output">The type of the result, with nullability.</param>
internal sealed record SignatureModel(EquatableArray<ParameterModel> Parameters, string Input, bool HasNames, string Output)
{
    /// <summary>Names that C# does not let tuple elements have.</summary>
    private static readonly HashSet<string> s_reserved =
        [
            "CompareTo", "Deconstruct", "Equals", "GetHashCode", "Rest", "ToString", "GetType", "MemberwiseClone", "Finalize",
            "ReferenceEquals"
        ];

    /// <summary>Whether each type inherits a member of that name.</summary>
    public static bool IsOfObject(string name) =>
        name is "Equals" or "GetHashCode" or "ToString" or "GetType" or "MemberwiseClone" or "ReferenceEquals";

    public static SignatureModel Of(IMethodSymbol method)
    {
        var hasNames = true;
        foreach (var parameter in method.Parameters)
        {
            hasNames &= !s_reserved.Contains(parameter.Name) && !parameter.Name.StartsWith("Item", System.StringComparison.Ordinal);
        }

        return new(
            method.Parameters.Select(ParameterModel.Of).ToEquatableArray(),
            InputType(method, hasNames, nullable: true),
            hasNames,
            method.ReturnType.Full());
    }

    public static string InputType(IMethodSymbol method, bool withNames, bool nullable) => method.Parameters.Length switch
    {
        0 => "global::System.ValueTuple",
        1 => nullable ? method.Parameters[0].Type.Full() : method.Parameters[0].Type.FullNotNull(),
        _ => $"({string.Join(", ", method.Parameters.Select(p =>
            (nullable ? p.Type.Full() : p.Type.FullNotNull()) + (withNames ? " " + TypeNames.Identifier(p.Name) : "")))})",
    };

    /// <summary>All arguments as one value.</summary>
    public string Pack() => Parameters.Count switch
    {
        0 => "default",
        1 => Parameters[0].Name,
        _ => $"({string.Join(", ", Parameters.Select(p => p.Name))})",
    };

    /// <summary>The arguments out of one value.</summary>
    public IEnumerable<string> Unpack(string value) => Parameters.Count == 1
        ? [value]
        : Parameters.Select((p, i) => $"{value}.{(HasNames ? p.Name : $"Item{i + 1}")}");
}
