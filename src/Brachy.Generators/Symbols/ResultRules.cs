using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>What must hold for results of functions that transforms take.</summary>
internal static class ResultRules
{
    public static bool IsTask(ITypeSymbol type) => type is INamedTypeSymbol
    {
        Name: "Task" or "ValueTask" or "IAsyncEnumerable",
        ContainingNamespace: { Name: "Tasks" or "Generic", ContainingNamespace.Name: "Threading" or "Collections" },
    };
}
