using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace Brachy.CodeFixes;

/// <summary>How lines of a file end.</summary>
internal static class LineEnds
{
    public static SyntaxTrivia Of(SyntaxTree tree) => Of(tree.GetRoot());

    /// <summary>Lays out what was changed, with the line ends that each file had: an editor's own may be others.</summary>
    public static async Task<Solution> KeepAsync(Solution before, Solution after, CancellationToken cancellation)
    {
        foreach (var id in after.GetChanges(before).GetProjectChanges().SelectMany(p => p.GetChangedDocuments()).ToArray())
        {
            var old = await before.GetDocument(id)!.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
            var ends = old!.DescendantTrivia().Where(t => t.IsKind(SyntaxKind.EndOfLineTrivia)).Select(t => t.ToString()).Distinct().Take(2)
                .ToArray();
            if (ends.Length != 1)
            {
                continue;
            }

            var document = await Simplifier.ReduceAsync(after.GetDocument(id)!, Simplifier.Annotation, null, cancellation)
                .ConfigureAwait(false);
            document = await Formatter.FormatAsync(document, Formatter.Annotation, null, cancellation).ConfigureAwait(false);
            var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
            var others = root!.DescendantTrivia().Where(t => t.IsKind(SyntaxKind.EndOfLineTrivia) && t.ToString() != ends[0]);
            after = document.WithSyntaxRoot(root.ReplaceTrivia(others, (_, _) => SyntaxFactory.EndOfLine(ends[0]))).Project.Solution;
        }

        return after;
    }

    private static SyntaxTrivia Of(SyntaxNode root)
    {
        var found = root.DescendantTrivia().FirstOrDefault(t => t.IsKind(SyntaxKind.EndOfLineTrivia));
        return found == default ? SyntaxFactory.LineFeed : found;
    }
}
