using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>What [Varying] at a parameter of a [Jit] method says, as the runtime is told.</summary>
internal static class VaryingParameter
{
    public static IEnumerable<string> Expressions(IParameterSymbol parameter) =>
        parameter.Attributes("Varying").Select(attribute => Expression(parameter.Ordinal, attribute));

    private static string Expression(int position, AttributeData attribute)
    {
        var names = attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Array, IsNull: false } list
            ? list.Values.Select(name => name.Value is string text ? TypeNames.Quoted(text) : "null")
            : [];
        var settings = attribute.NamedArguments.Where(a => a.Value.Value is not null).Select(
            a => $"{a.Key} = {(a.Value.Value is string text ? TypeNames.Quoted(text) : $"{a.Value.Value}")}");
        var initializer = settings.Any() ? $" {{ {string.Join(", ", settings)} }}" : "";
        return $"new({position}, new string?[] {{ {string.Join(", ", names)} }}){initializer}";
    }
}
