using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.CodeFixes;

/// <summary>How lines of a file end.</summary>
internal static class LineEnds
{
    public static SyntaxTrivia Of(SyntaxTree tree)
    {
        var found = tree.GetRoot().DescendantTrivia().FirstOrDefault(t => t.IsKind(SyntaxKind.EndOfLineTrivia));
        return found == default ? SyntaxFactory.LineFeed : found;
    }
}
