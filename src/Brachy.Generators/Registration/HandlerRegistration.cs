using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>The handlers to register for a type.</summary>
internal static class HandlerRegistration
{
    /// <summary>The expressions of the handlers of a type and its parts, which also say which types they handle.</summary>
    public static IEnumerable<string> Of(ITypeSymbol type) =>
        HandlerExpression.Registrable(type).Where(t => !t.IsObject() && !IsUnknown(t)).Select(HandlerExpression.Of).OfType<string>();

    /// <summary>Whether the type is the user's own, and neither taken apart nor compared by content.</summary>
    public static bool IsUnknown(ITypeSymbol type) =>
        type is INamedTypeSymbol { IsReferenceType: true, IsTupleType: false } && StaticContentCheck.Problem(type) is var (problem, _)
        && SymbolEqualityComparer.Default.Equals(problem, type);

    /// <summary>Whether the runtime knows the handler of a type by itself.</summary>
    public static bool IsBuiltIn(ITypeSymbol type) =>
        HandlerExpression.IsBuiltIn(type)
        || (type is INamedTypeSymbol { IsTupleType: true, TupleElements: { Length: >= 2 and <= 4 } elements }
            && elements.All(e => e.Type.IsTensor() || e.Type.IsStructureTree()));
}
