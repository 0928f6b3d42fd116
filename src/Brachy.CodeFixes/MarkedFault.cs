using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;

namespace Brachy.CodeFixes;

/// <summary>A diagnostic whose place is marked in the code, so that it is found again when the code around it has changed.</summary>
internal sealed class MarkedFault
{
    private readonly DocumentId _document;
    private readonly Diagnostic _diagnostic;
    private readonly SyntaxAnnotation _place = new();
    private readonly SyntaxAnnotation[] _others;

    private MarkedFault(DocumentId document, Diagnostic diagnostic) =>
        (_document, _diagnostic, _others) =
            (document, diagnostic, [.. diagnostic.AdditionalLocations.Select(_ => new SyntaxAnnotation())]);

    /// <summary>A solution with marks, and the faults in the order of the code.</summary>
    public static async Task<(Solution Solution, List<MarkedFault> Faults)> MarkAsync(
        Solution solution, IEnumerable<Diagnostic> diagnostics, CancellationToken cancellation)
    {
        var faults = new List<MarkedFault>();
        var marks = new List<(DocumentId Document, Location Location, SyntaxAnnotation Mark)>();
        foreach (var diagnostic in diagnostics.OrderBy(d => d.Location.SourceTree?.FilePath, System.StringComparer.Ordinal)
            .ThenBy(d => d.Location.SourceSpan))
        {
            if (DocumentOf(solution, diagnostic.Location) is not { } document)
            {
                continue;
            }

            var fault = new MarkedFault(document, diagnostic);
            faults.Add(fault);
            marks.Add((document, diagnostic.Location, fault._place));
            marks.AddRange(diagnostic.AdditionalLocations.Zip(fault._others, (location, mark) => (location, mark))
                .Select(other => (Document: DocumentOf(solution, other.location), other.location, other.mark))
                .Where(other => other.Document is not null)
                .Select(other => (other.Document!, other.location, other.mark)));
        }

        foreach (var file in marks.GroupBy(m => m.Document))
        {
            var root = (await solution.GetDocument(file.Key)!.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
            var ofNodes = file.GroupBy(m => root.FindNode(m.Location.SourceSpan, getInnermostNodeForTie: true), m => m.Mark)
                .ToDictionary(g => g.Key, g => g.ToArray());
            solution = solution.WithDocumentSyntaxRoot(
                file.Key, root.ReplaceNodes(ofNodes.Keys, (old, node) => node.WithAdditionalAnnotations(ofNodes[old])));
        }

        return (solution, faults);
    }

    /// <summary>The diagnostic where its code is now; null if a mend took the code away.</summary>
    public async Task<(Document Document, Diagnostic Diagnostic)?> FindAsync(Solution solution, CancellationToken cancellation)
    {
        var document = solution.GetDocument(_document)!;
        var root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        return root.GetAnnotatedNodes(_place).FirstOrDefault() is { } node
            ? (document, Diagnostic.Create(
                _diagnostic.Descriptor, node.GetLocation(),
                _others.SelectMany(mark => root.GetAnnotatedNodes(mark).Take(1)).Select(other => other.GetLocation()),
                _diagnostic.Properties))
            : null;
    }

    private static DocumentId? DocumentOf(Solution solution, Location location) =>
        solution.GetDocument(location.SourceTree) is { } document and not SourceGeneratedDocument ? document.Id : null;
}
