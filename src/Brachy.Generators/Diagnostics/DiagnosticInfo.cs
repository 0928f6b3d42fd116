using System;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Brachy.Generators;

/// <summary>A diagnostic as data, which compares by content and holds no syntax, so that a generator can keep it.</summary>
/// <param name="Descriptor">What is reported.</param>
/// <param name="Path">The file, or empty for no location.</param>
/// <param name="Span">Where in the file.</param>
/// <param name="Lines">The same, in lines.</param>
/// <param name="Arguments">What the message mentions.</param>
internal sealed record DiagnosticInfo(
    DiagnosticDescriptor Descriptor, string Path, TextSpan Span, LinePositionSpan Lines, EquatableArray<string> Arguments)
{
    public static DiagnosticInfo Of(DiagnosticDescriptor descriptor, Location location, object[] arguments) => new(
        descriptor,
        location.SourceTree?.FilePath ?? "",
        location.SourceSpan,
        location.GetLineSpan().Span,
        arguments.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture)!).ToEquatableArray());

    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        Descriptor, Path.Length == 0 ? Location.None : Location.Create(Path, Span, Lines), Arguments.ToArray<object>());
}
