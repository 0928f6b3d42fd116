using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Something wrong with a declaration. Lives only while a declaration is looked at: it is no part of a model.</summary>
internal sealed class Fault(DiagnosticDescriptor descriptor, Location location, params object[] arguments)
{
    public Fault(DiagnosticDescriptor descriptor, ISymbol symbol, params object[] arguments)
        : this(descriptor, symbol.Locations.FirstOrDefault() ?? Location.None, arguments)
    {
    }

    public DiagnosticDescriptor Descriptor { get; } = descriptor;

    /// <summary>What a fix is told to do, where the code under the diagnostic does not show it.</summary>
    public string? Mend { get; init; }

    public bool IsError => Descriptor.DefaultSeverity == DiagnosticSeverity.Error;

    public string Message => ToDiagnostic().GetMessage(System.Globalization.CultureInfo.InvariantCulture);

    public DiagnosticInfo ToInfo() => DiagnosticInfo.Of(Descriptor, location, arguments);

    /// <summary>The same, for editors only, which offer fixes for it.</summary>
    public Diagnostic ToHiddenDiagnostic() => Diagnostic.Create(
        Descriptor, location, DiagnosticSeverity.Hidden, additionalLocations: null, properties: null, messageArgs: arguments);

    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        Descriptor, location, Mend is null ? null : ImmutableDictionary<string, string?>.Empty.Add(nameof(Mend), Mend), arguments);
}
