using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>The handlers to register for a type.</summary>
internal static class HandlerRegistration
{
    /// <summary>The expressions of the handlers of a type and its parts, which also say which types they handle.</summary>
    public static IEnumerable<string> Of(ITypeSymbol type) => HandlerExpression.Registrable(type).Select(HandlerExpression.Of).OfType<string>();
}
